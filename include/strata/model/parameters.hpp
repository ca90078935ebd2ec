// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/philox.hpp>
#include <strata/kernels/weight_layout.hpp>
#include <strata/plan/cut.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <type_traits>
#include <utility>
#include <vector>

namespace strata {

/// Memory that begins on a cache line.
template <class T>
using aligned_vector = std::vector<T, xsimd::aligned_allocator<T, alignment>>;

/// Where each stage's kernel and bias are in the one block that holds a network's parameters.
template <class T, class Stages>
struct parameter_layout;

template <class T, class... Stages>
struct parameter_layout<T, stage_list<Stages...>> {
    template <class Stage>
    using weights = weight_layout<T, Stage::head::inputs, Stage::head::outputs>;

    struct place {
        std::size_t kernel = 0;
        std::size_t bias = 0;
    };

private:
    static constexpr std::size_t rounded(std::size_t numbers) {
        constexpr std::size_t line = alignment / sizeof(T);
        return (numbers + line - 1) / line * line;
    }

    template <class Stage>
    static constexpr std::size_t kernel_room() {
        if constexpr (Stage::head::has_parameters)
            return rounded(weights<Stage>::kernel_size);
        else
            return 0;
    }
    template <class Stage>
    static constexpr std::size_t bias_room() {
        if constexpr (Stage::head::has_parameters) {
            if constexpr (Stage::head::has_bias)
                return rounded(weights<Stage>::bias_size);
        }
        return 0;
    }

    struct all {
        std::array<place, sizeof...(Stages)> begins{};
        std::size_t end = 0;
    };
    static constexpr all computed = [] {
        all result;
        std::size_t next = 0;
        for_each_type(stage_list<Stages...>{}, [&]<class Stage>(std::type_identity<Stage>) {
            result.begins[next++] = {result.end, result.end + kernel_room<Stage>()};
            result.end += kernel_room<Stage>() + bias_room<Stage>();
        });
        return result;
    }();

public:
    static constexpr const auto& places = computed.begins;
    /// Numbers in the block, filling included.
    static constexpr std::size_t size = computed.end;
};

namespace detail {
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

/// First weights of one stage. They are drawn in the order of the conventional layout [in, out], so that they
/// do not depend on the width of the registers.
template <class Head, class T>
void initialize(T* kernel, seed key, std::uint32_t stage) {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    constexpr initializer how = Head::layer::kernel_initializer;
    const double spread = how.spread(Head::inputs, Head::outputs);
    random_sequence random(key, stream::initial_weights, stage);
    for (std::size_t k = 0; k < Head::inputs; ++k)
        for (std::size_t n = 0; n < Head::outputs; ++n)
            kernel[layout::index(k, n)] = static_cast<T>(draw(random, how.drawn_from, spread));
}
} // namespace detail

namespace detail {
template <class... Stages>
constexpr std::size_t parameter_total(stage_list<Stages...> stages) {
    return sum_over_types(
        stages, []<class Stage>(std::type_identity<Stage>) { return Stage::head::parameter_count; });
}
} // namespace detail

/// Visits every parameter of a block in the conventional order, that of Keras's `get_weights`: for each layer
/// its kernel [in, out], then its bias. Filling is left out. The block may be one of weights, gradients or
/// states.
template <class T, class... Stages, class Block, class Visit>
void visit_parameters(stage_list<Stages...> stages, Block* block, Visit visit) {
    using layout = parameter_layout<T, stage_list<Stages...>>;
    std::size_t next = 0;
    const auto visit_stage = [&]<class Stage>(std::type_identity<Stage>) {
        using head = typename Stage::head;
        if constexpr (head::has_parameters) {
            using weights = weight_layout<T, head::inputs, head::outputs>;
            Block* const kernel = block + layout::places[next].kernel;
            Block* const bias = block + layout::places[next].bias;
            for (std::size_t k = 0; k < head::inputs; ++k)
                for (std::size_t n = 0; n < head::outputs; ++n)
                    visit(kernel[weights::index(k, n)]);
            if constexpr (head::has_bias)
                for (std::size_t n = 0; n < head::outputs; ++n)
                    visit(bias[n]);
        }
        ++next;
    };
    for_each_type(stages, visit_stage);
}

} // namespace strata
