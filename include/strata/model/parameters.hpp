// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/product/weight_layout.hpp>
#include <strata/layers/convolution.hpp>
#include <strata/layers/depthwise.hpp>
#include <strata/layers/normalization.hpp>
#include <strata/layers/prelu.hpp>
#include <strata/plan/cut.hpp>
#include <strata/random/philox.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <type_traits>
#include <utility>
#include <vector>

namespace strata::inline STRATA_SETTING {

namespace internal {
/// An array whose numbers rest in their conventional order.
template <std::size_t Count>
struct plain_array {
    static constexpr std::size_t count = Count;
    static constexpr std::size_t size = Count;
    [[nodiscard]] static constexpr std::size_t index(std::size_t number) { return number; }
};
} // namespace internal

/// How the kernel of a head rests in memory: `count` numbers, of which number i in the conventional order
/// (that of Keras) is at index(i) of `size` places. A normalization's gamma is its kernel.
template <class T, class Head>
struct kernel_array : internal::plain_array<0> {};

template <class T, std::size_t Inputs, class Layer, std::size_t Units>
struct kernel_array<T, contraction<Inputs, Layer, Units>> {
    using layout = weight_layout<T, Inputs, Units>;
    static constexpr std::size_t count = Inputs * Units;
    static constexpr std::size_t size = layout::kernel_size;
    static constexpr std::size_t fan_in = Inputs;
    static constexpr std::size_t fan_out = Units;
    [[nodiscard]] static constexpr std::size_t index(std::size_t number) {
        return layout::index(number / Units, number % Units);
    }
};

/// [taps, channels of a group, filters], or [taps, filters, channels] where it is transposed.
template <class T, window Over, std::size_t Channels, std::size_t Filters, std::size_t Groups,
          bool Transposed, class Layer>
struct kernel_array<T, convolution<Over, Channels, Filters, Groups, Transposed, Layer>> {
    static constexpr std::size_t channels = Channels / Groups;
    static constexpr std::size_t filters = Filters / Groups;
    using layout = weight_layout<T, Over.taps() * channels, filters, false>;
    static constexpr std::size_t count = Over.taps() * channels * Filters;
    static constexpr std::size_t size = Groups * layout::kernel_size;
    static constexpr std::size_t fan_in = Over.taps() * (Transposed ? Filters : channels);
    static constexpr std::size_t fan_out = Over.taps() * (Transposed ? Channels : Filters);
    [[nodiscard]] static constexpr std::size_t index(std::size_t number) {
        if constexpr (Transposed)
            return layout::index(number / (Filters * Channels) * Channels + number % Channels,
                                 number / Channels % Filters);
        else {
            const std::size_t filter = number % Filters;
            return filter / filters * layout::kernel_size + layout::index(number / Filters, filter % filters);
        }
    }
};

/// [taps, channels].
template <class T, window Over, std::size_t Channels, class Layer>
struct kernel_array<T, depthwise_convolution<Over, Channels, Layer>> {
    static constexpr std::size_t lanes = lanes_of<T, Channels>;
    static constexpr std::size_t stored = (Channels + lanes - 1) / lanes * lanes;
    static constexpr std::size_t count = Over.taps() * Channels;
    static constexpr std::size_t size = Over.taps() * stored;
    static constexpr std::size_t fan_in = Over.taps() * Channels;
    static constexpr std::size_t fan_out = Over.taps();
    [[nodiscard]] static constexpr std::size_t index(std::size_t number) {
        return number / Channels * stored + number % Channels;
    }
};

template <class T, normalized Kind, std::size_t Rows, std::size_t Channels, std::size_t Groups, class Layer>
struct kernel_array<T, normalization<Kind, Rows, Channels, Groups, Layer>>
    : internal::plain_array<Layer::has_scale ? Channels : 0> {};

template <class T, std::size_t Rows, std::size_t Width>
struct kernel_array<T, parametric_rectifier<Rows, Width>> : internal::plain_array<Width> {};

/// How many numbers are behind the kernel: a bias (or a normalization's beta), and moving averages of mean
/// and variance, which are not learnt.
template <class Head>
inline constexpr std::size_t bias_count = [] {
    if constexpr (requires { Head::has_bias; })
        return Head::has_bias ? Head::outputs : 0;
    else if constexpr (requires { Head::has_center; })
        return Head::has_center ? Head::outputs : 0;
    else
        return 0;
}();
template <class Head>
inline constexpr std::size_t average_count = 0;
template <std::size_t Rows, std::size_t Channels, std::size_t Groups, class Layer>
inline constexpr std::size_t average_count<normalization<normalized::batch, Rows, Channels, Groups, Layer>> =
    Channels;

/// Where each stage's parameters are in the one block that holds a network's.
template <class T, class Stages>
struct parameter_layout;

template <class T, class... Stages>
struct parameter_layout<T, stage_list<Stages...>> {
    struct place {
        std::size_t kernel = 0;
        std::size_t bias = 0;
        std::size_t mean = 0;
        std::size_t variance = 0;
    };

    /// The same of a block.
    template <class Number>
    [[nodiscard]] static head_parameters<Number> at(std::size_t stage, Number* block) noexcept {
        const place& found = places[stage];
        return {block + found.kernel, block + found.bias, block + found.mean, block + found.variance};
    }

private:
    static constexpr std::size_t line = alignment / sizeof(T);
    static constexpr std::size_t rounded(std::size_t numbers) { return (numbers + line - 1) / line * line; }

    struct all {
        std::array<place, sizeof...(Stages)> begins{};
        std::size_t end = 0;
    };
    static constexpr all computed = [] {
        all result;
        std::size_t next = 0;
        const auto reserve = [&](std::size_t numbers) {
            const std::size_t begin = result.end;
            result.end += rounded(numbers);
            return begin;
        };
        for_each_type(stage_list<Stages...>{}, [&]<class Stage>(std::type_identity<Stage>) {
            using head = typename Stage::head;
            place& now = result.begins[next++];
            now.kernel = reserve(kernel_array<T, head>::size);
            now.bias = reserve(bias_count<head>);
            now.mean = reserve(average_count<head>);
            now.variance = reserve(average_count<head>);
        });
        return result;
    }();

public:
    static constexpr const auto& places = computed.begins;
    /// Numbers in the block, filling included. Kernels may read a register's width behind an array.
    static constexpr std::size_t size = computed.end + line;
};

namespace internal {
inline double draw(random_sequence& random, distribution from, double spread) {
    if (from == distribution::constant)
        return spread;
    if (from == distribution::uniform)
        return (2 * random.uniform() - 1) * spread;
    // Box and Muller 1958; a cut-off distribution draws again beyond two deviations.
    while (true) {
        const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
        const double z = radius * std::cos(2 * std::numbers::pi * random.uniform());
        if (from == distribution::normal || std::abs(z) < 2)
            return z * spread;
    }
}

/// First parameters of one stage. They are drawn in the conventional order, so that they do not depend on the
/// width of the registers.
template <class Head, class T>
void initialize(const head_parameters<T>& to, seed key, std::uint32_t stage) {
    using kernel = kernel_array<T, Head>;
    if constexpr (requires { kernel::fan_in; }) {
        constexpr initializer how = Head::layer::kernel_initializer;
        const double spread = how.spread(kernel::fan_in, kernel::fan_out);
        random_sequence random(key, stream::initial_weights, stage);
        for (std::size_t i = 0; i < kernel::count; ++i)
            to.kernel[kernel::index(i)] = static_cast<T>(draw(random, how.drawn_from, spread));
    }
    if constexpr (requires { Head::has_scale; })
        std::fill_n(to.kernel, kernel::count, T(1));
    std::fill_n(to.variance, average_count<Head>, T(1));
}

/// Numbers that are learnt.
template <class... Stages>
constexpr std::size_t parameter_total(stage_list<Stages...> stages) {
    return sum_over_types(
        stages, []<class Stage>(std::type_identity<Stage>) { return Stage::head::parameter_count; });
}
/// All numbers that `visit_parameters` visits.
template <class... Stages>
constexpr std::size_t weight_total(stage_list<Stages...> stages) {
    return parameter_total(stages) + sum_over_types(stages, []<class Stage>(std::type_identity<Stage>) {
               return 2 * average_count<typename Stage::head>;
           });
}
} // namespace internal

namespace internal {
template <class T, bool Averages, class... Stages, class Block, class Visit>
void visit_block(stage_list<Stages...> stages, Block* block, Visit visit) {
    using layout = parameter_layout<T, stage_list<Stages...>>;
    std::size_t next = 0;
    for_each_type(stages, [&]<class Stage>(std::type_identity<Stage>) {
        using head = typename Stage::head;
        using kernel = kernel_array<T, head>;
        const auto at = layout::at(next++, block);
        for (std::size_t i = 0; i < kernel::count; ++i)
            visit(at.kernel[kernel::index(i)]);
        for (std::size_t i = 0; i < bias_count<head>; ++i)
            visit(at.bias[i]);
        if constexpr (Averages) {
            for (std::size_t i = 0; i < average_count<head>; ++i)
                visit(at.mean[i]);
            for (std::size_t i = 0; i < average_count<head>; ++i)
                visit(at.variance[i]);
        }
    });
}
} // namespace internal

/// Visits every parameter of a block in the conventional order, that of Keras's `get_weights`: for each layer
/// its kernel, its bias and its moving averages. Filling is left out. The block may be one of weights,
/// gradients or states.
template <class T, class... Stages, class Block, class Visit>
void visit_parameters(stage_list<Stages...> stages, Block* block, Visit visit) {
    internal::visit_block<T, true>(stages, block, visit);
}
/// The same without the moving averages: what is learnt.
template <class T, class... Stages, class Block, class Visit>
void visit_learnt(stage_list<Stages...> stages, Block* block, Visit visit) {
    internal::visit_block<T, false>(stages, block, visit);
}

} // namespace strata::inline STRATA_SETTING
