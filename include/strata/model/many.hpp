// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/concatenate.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/model/lane_pass.hpp>
#include <strata/model/model.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <span>
#include <stdexcept>

namespace strata::bedrock::inline STRATA_SETTING {

/// `Count` networks of one small topology, their weights side by side in the lanes of registers: an ensemble
/// that answers one sample, or a population of controllers, each with a sample of its own. The bits are those
/// of `predict` of each network. It has copies of their weights.
///
/// The topology is a chain of `dense` and activations with at most 2,048 weights, of `float` or `double`. A
/// layer of one output has at most 8 inputs, and is one of `float` for a processor with SSE3.
template <class Network, std::size_t Count>
class many_networks {
    using T = typename Network::value_type;
    using pass = lane_pass<typename Network::topology, T>;
    using V = typename pass::V;
    static_assert(Count > 0, "many: at least one network");
    static_assert(std::derived_from<Network, basic_model<typename Network::topology, T>>,
                  "many: networks whose weights rest as they were trained");
    static_assert(pass::is_possible, "many: a small chain of dense layers and activations, of which one with "
                                     "a single output has at most 8 inputs of float, and SSE3");

public:
    static constexpr std::size_t input_size = Network::input_size;
    static constexpr std::size_t output_size = Network::output_size;

    /// Of a range of networks. `std::invalid_argument` for another number of them.
    template <std::ranges::input_range Networks>
    explicit many_networks(const Networks& networks) : numbers_((Count + V::size - 1) / V::size * block) {
        std::size_t found = 0;
        for (const Network& each : networks) {
            if (found < Count)
                set_network(found, each);
            ++found;
        }
        if (found != Count)
            internal::raise(std::invalid_argument(
                internal::concatenate("many: expected ", Count, " networks, found ", found)));
    }

    /// Takes over the weights of another network. `std::out_of_range` for a number that there is not.
    void set_network(std::size_t number, const Network& network) {
        if (number >= Count)
            internal::raise(std::out_of_range(
                internal::concatenate("many: expected a number below ", Count, ", found ", number)));
        take_stage<0>(network.parameter_block().data(),
                      numbers_.data() + number / V::size * block + number % V::size);
    }

    /// What each network makes of one sample: [Count][outputs].
    [[nodiscard]] std::array<std::array<T, output_size>, Count>
    predict(std::span<const T, input_size> sample) const noexcept {
        std::array<std::array<T, output_size>, Count> results;
        V columns[input_size];
        for (std::size_t k = 0; k < input_size; ++k)
            columns[k] = V(sample[k]);
        for (std::size_t first = 0; first < Count; first += V::size)
            run(first, columns, results[first].data());
        return results;
    }

    /// Of each network the answer to its own sample: x [Count][inputs] -> y [Count][outputs].
    void predict_each(std::span<const T, Count * input_size> x,
                      std::span<T, Count * output_size> y) const noexcept {
        for (std::size_t first = 0; first < Count; first += V::size) {
            alignas(alignment) T numbers[input_size][V::size]{};
            for (std::size_t j = 0; j < std::min(V::size, Count - first); ++j)
                for (std::size_t k = 0; k < input_size; ++k)
                    numbers[k][j] = x[(first + j) * input_size + k];
            V columns[input_size];
            for (std::size_t k = 0; k < input_size; ++k)
                columns[k] = V::load_aligned(numbers[k]);
            run(first, columns, y.data() + first * output_size);
        }
    }

private:
    template <std::size_t Number>
    using head_of = typename type_at<Number, typename pass::stages>::head;
    template <std::size_t Number>
    static constexpr std::size_t weights_of =
        (head_of<Number>::inputs + (head_of<Number>::has_bias ? 1 : 0)) * head_of<Number>::outputs;
    // Where the weights of a stage begin. Stages that share some have copies of their own.
    template <std::size_t Number>
    static constexpr std::size_t begin_of() {
        if constexpr (Number == 0)
            return 0;
        else
            return begin_of<Number - 1>() + weights_of<Number - 1>;
    }
    // Numbers of the networks of one register.
    static constexpr std::size_t block = begin_of<pass::stages::size>() * V::size;

    // Kernels [outputs][inputs], in the order in which sums need them, each with its bias behind it.
    template <std::size_t Number>
    void take_stage(const T* parameters, T* lane) noexcept {
        using head = head_of<Number>;
        using layout = weight_layout<T, head::inputs, head::outputs>;
        const T* const kernel = pass::passes::template kernel_of<Number>(parameters);
        T* const own = lane + begin_of<Number>() * V::size;
        for (std::size_t k = 0; k < head::inputs; ++k)
            for (std::size_t n = 0; n < head::outputs; ++n)
                own[(n * head::inputs + k) * V::size] = kernel[layout::index(k, n)];
        if constexpr (head::has_bias)
            for (std::size_t n = 0; n < head::outputs; ++n)
                own[(head::inputs * head::outputs + n) * V::size] =
                    pass::passes::template bias_of<Number>(parameters)[n];
        if constexpr (Number + 1 < pass::stages::size)
            take_stage<Number + 1>(parameters, lane);
    }

    // The weights of a register's networks.
    struct register_of_networks {
        const T* numbers;

        template <std::size_t Number>
        struct stage {
            using head = head_of<Number>;
            const T* kernel;

            V weight(std::size_t k, std::size_t n) const noexcept {
                return V::load_aligned(kernel + (n * head::inputs + k) * V::size);
            }
            V bias(std::size_t n) const noexcept {
                return V::load_aligned(kernel + (head::inputs * head::outputs + n) * V::size);
            }
        };
        template <std::size_t Number>
        stage<Number> stage_weights() const noexcept {
            return {numbers + begin_of<Number>() * V::size};
        }
    };

    void run(std::size_t first, const V (&columns)[input_size], T* y) const noexcept {
        const register_of_networks weights{numbers_.data() + first / V::size * block};
        if (first + V::size <= Count)
            pass::run_networks(weights, columns, y);
        else {
            T results[V::size * output_size];
            pass::run_networks(weights, columns, results);
            std::copy_n(results, (Count - first) * output_size, y);
        }
    }

    aligned_vector<T> numbers_; // [registers][weights][lanes]
};

/// `many<64>(networks)`: the networks of a range side by side.
template <std::size_t Count, std::ranges::input_range Networks>
[[nodiscard]] many_networks<std::ranges::range_value_t<Networks>, Count> many(const Networks& networks) {
    return many_networks<std::ranges::range_value_t<Networks>, Count>(networks);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::many;
using bedrock::many_networks;
} // namespace strata

STRATA_HEADER_END
