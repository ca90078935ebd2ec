// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/kernels/narrow/bfloat16_forward.hpp>
#include <strata/model/parameters.hpp>
#include <strata/model/values.hpp>
#include <strata/plan/names.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <std::size_t Position, class Layer, bool Suits>
consteval bool check_narrow() {
    if constexpr (Suits)
        return true;
    else
        return reject<Layer, place_text<Position, Layer>, text("cannot be in a network of narrow weights:"),
                      text("these are chains of dense layers with"),
                      text("activations and softmax behind them")>();
}

/// What `summary()` calls the layer of a stage of a prediction.
template <class Topology>
std::string stage_name(std::size_t stage) {
    return network_names<Topology>::layers()[prediction_wiring<Topology>::marks.stages[stage].head].string();
}

/// Whether every node is a dense layer, or something that a tail or a closing of one is made of.
template <class Topology, std::size_t... Number>
consteval bool check_narrow_layers(std::index_sequence<Number...>) {
    using wires = prediction_wiring<Topology>;
    using nodes = node_list<Topology, purpose::prediction>;
    constexpr std::array<bool, nodes::count> suitable = [] {
        std::array<bool, nodes::count> result{};
        for (std::size_t node = 0; node < nodes::count; ++node)
            result[node] =
                nodes::nodes[node].kind != node_kind::affine && nodes::nodes[node].kind != node_kind::merge;
        std::size_t stage = 0;
        for_each_type(typename wires::stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            const stage_mark& mark = wires::marks.stages[stage++];
            if (!is_dense<typename Stage::head>)
                result[mark.head != none ? mark.head : mark.first != none ? mark.first : 0] = false;
        });
        return result;
    }();
    const bool results[] = {
        check_narrow<Number + 1, typename nodes::template element<Number>::layer, suitable[Number]>()...};
    return results[0];
}
} // namespace internal

/// Prediction with a chain of dense layers whose kernels are pairs of bfloat16, and whose inputs become some:
/// products and sums are as `narrow_factor` says. Biases, sums and what activations make of them are floats.
template <class Topology>
class narrow_pass {
    using T = float;

public:
    using wires = prediction_wiring<Topology>;
    using stages = typename wires::stages;
    using places = parameter_layout<T, Topology>;

private:
    static_assert(Topology::inputs::size == 1 && Topology::outputs::size == 1,
                  "strata: a network of narrow weights has one input and one output");
    static_assert(internal::check_narrow_layers<Topology>(std::make_index_sequence<Topology::nodes::size>{}));

    template <class Head>
    using panels = weight_layout<T, Head::inputs, Head::outputs>;
    template <class Head>
    using pairs = bfloat16_layout<Head::inputs, Head::outputs>;

    struct arrays {
        std::array<std::size_t, stages::size> kernels{};
        std::array<std::size_t, stages::size> biases{};
        std::size_t kernel_size = 0;
        std::size_t bias_size = 0;
        std::size_t largest_row = 0; // pairs of the inputs of a sample
    };
    template <class... Stages>
    static constexpr arrays lay_out(stage_list<Stages...>) {
        arrays result;
        std::size_t stage = 0;
        const auto add_kernel = [&](std::size_t kernel, std::size_t bias) {
            result.kernels[stage] = result.kernel_size;
            result.biases[stage++] = result.bias_size;
            result.kernel_size += whole_lines<bfloat16_pair>(kernel);
            result.bias_size += whole_lines<T>(bias);
        };
        (add_kernel(pairs<typename Stages::head>::kernel_size,
                    Stages::head::has_bias ? pairs<typename Stages::head>::bias_size : 0),
         ...);
        ((result.largest_row =
              std::max(result.largest_row, Stages::rows * bfloat16_row<Stages::head::inputs>::stride)),
         ...);
        return result;
    }
    static constexpr arrays begins = lay_out(stages{});

    static constexpr std::size_t place_of(std::size_t stage) {
        return places::places[training_wiring<Topology>::marks.stage_of[wires::marks.stages[stage].head]];
    }

    // Calls visit(stage number, head) for each stage.
    template <class Visit>
    static void visit_heads(Visit visit) {
        std::size_t stage = 0;
        for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            visit(stage++, std::type_identity<typename Stage::head>{});
        });
    }

public:
    /// Pairs of the kernels and numbers of the biases, filling included.
    static constexpr std::size_t kernel_size = begins.kernel_size;
    static constexpr std::size_t bias_size = begins.bias_size;

    /// `std::invalid_argument` for weights that are no finite factors. A row's zeros are left out of its sums
    /// or not, as is faster, which would show beside infinite weights.
    static void check_weights(const T* parameters) {
        visit_heads([&]<class Head>(std::size_t stage, std::type_identity<Head>) {
            const T* const kernel = array_of<Head>(parameters + place_of(stage), typename Head::kernel{});
            for (std::size_t k = 0; k < Head::inputs; ++k)
                for (std::size_t n = 0; n < Head::outputs; ++n)
                    if (!detail::is_finite(
                            static_cast<float>(narrow_factor::of_number(kernel[panels<Head>::index(k, n)]))))
                        internal::raise(std::invalid_argument(internal::concatenate(
                            "weights of bfloat16: expected numbers below 2^64, found another in layer ",
                            internal::stage_name<Topology>(stage), ", input ", k, ", output ", n)));
        });
    }
    /// Rounds the parameters of a network, which rest as its kernels read them. What is filling stays zero.
    static void round(const T* parameters, bfloat16_pair* kernels, T* biases) noexcept {
        visit_heads([&]<class Head>(std::size_t stage, std::type_identity<Head>) {
            const T* const kernel = array_of<Head>(parameters + place_of(stage), typename Head::kernel{});
            for (std::size_t k = 0; k < Head::inputs; ++k)
                for (std::size_t n = 0; n < Head::outputs; ++n)
                    pairs<Head>::write(kernels + begins.kernels[stage], k, n,
                                       narrow_factor::of_number(kernel[panels<Head>::index(k, n)]).bits());
            if constexpr (Head::has_bias) {
                const T* const bias = array_of<Head>(parameters + place_of(stage), typename Head::bias{});
                std::transform(bias, bias + Head::outputs, biases + begins.biases[stage],
                               narrow_factor::start_of);
            }
        });
    }
    /// The other way, which is exact.
    static void widen(const bfloat16_pair* kernels, const T* biases, T* parameters) noexcept {
        visit_heads([&]<class Head>(std::size_t stage, std::type_identity<Head>) {
            T* const kernel = array_of<Head>(parameters + place_of(stage), typename Head::kernel{});
            for (std::size_t k = 0; k < Head::inputs; ++k)
                for (std::size_t n = 0; n < Head::outputs; ++n)
                    kernel[panels<Head>::index(k, n)] = std::bit_cast<float>(
                        std::uint32_t{pairs<Head>::read(kernels + begins.kernels[stage], k, n)} << 16);
            if constexpr (Head::has_bias)
                std::copy_n(biases + begins.biases[stage], Head::outputs,
                            array_of<Head>(parameters + place_of(stage), typename Head::bias{}));
        });
    }

    /// Numbers of memory that a prediction for so many samples needs, aligned, and pairs.
    static constexpr std::size_t memory_size(std::size_t samples) noexcept {
        return samples * wires::shared_size + line_size<T>;
    }
    static constexpr std::size_t pairs_size(std::size_t samples) noexcept {
        return samples * begins.largest_row;
    }

    /// x [samples][input] -> y [samples][output].
    static void run(const bfloat16_pair* kernels, const T* biases, const T* x, T* y, std::size_t samples,
                    T* memory, bfloat16_pair* inputs) noexcept {
        std::size_t number = 0;
        const T* source = x;
        for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            using head = typename Stage::head;
            const value_place place = wires::place(number);
            T* const result = wires::output_in(place.buffer) == 0
                                  ? y
                                  : memory + samples * wires::buffer_begin(place.buffer);
            bfloat16_row<head::inputs>::narrow(source, samples * Stage::rows, inputs);
            bfloat16_forward<head, Stage::rows, std::is_same_v<Stage, type_at<0, stages>>>(
                {inputs, kernels + begins.kernels[number], biases + begins.biases[number], result},
                samples * Stage::rows, prediction_tail<typename Stage::tail>{});
            if constexpr (Stage::has_softmax)
                close<Stage>(result, {0, samples});
            source = result;
            ++number;
        });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
