// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/integer/integer_forward.hpp>
#include <strata/model/narrow_pass.hpp>
#include <strata/model/parameters.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The scale of weights to one output: the largest becomes 127. Where a bias would be more than 32 bits hold
/// beside the products, the scale is larger. Infinite where a float cannot hold it, or what it and the
/// input's scale make of a sum.
inline float integer_scale(float largest, float bias, float input_scale) noexcept {
    const double of_weights = double{largest} / 127;
    const double of_bias = std::abs(double{bias}) / (double{input_scale} * (largest_integer_bias - 1));
    const double scale = std::max({of_weights, of_bias, double{std::numeric_limits<float>::min()}});
    constexpr double most = std::numeric_limits<float>::max();
    if (scale > most || scale * double{input_scale} > most)
        return infinity<float>;
    return largest > 0 || std::abs(bias) > 0 ? static_cast<float>(scale) : 1.0F;
}

template <std::size_t Position, class Layer, std::size_t Inputs>
consteval bool check_integer_inputs() {
    if constexpr (Inputs <= most_integer_inputs)
        return true;
    else
        return reject<Layer, place_text<Position, Layer>, text("cannot have weights of 8 bits:"),
                      text("it takes ") + number_text<Inputs> + text(" inputs, and sums of 32 bits"),
                      text("hold ") + number_text<most_integer_inputs>>();
}

template <class Topology, std::size_t... Stage>
consteval bool check_integer_layers(std::index_sequence<Stage...>) {
    using wires = prediction_wiring<Topology>;
    using nodes = node_list<Topology, purpose::prediction>;
    return (check_integer_inputs<wires::marks.stages[Stage].head + 1,
                                 typename nodes::template element<wires::marks.stages[Stage].head>::layer,
                                 type_at<Stage, typename wires::stages>::head::inputs>() &&
            ...);
}
} // namespace internal

/// The dense layers of a chain with weights of 8 bits. A weight of output n is scales[n] times an integer
/// from -127 to 127 (Jacob et al. 2018, with a scale for each output as TensorFlow Lite and ONNX have it),
/// and a bias input.scale * scales[n] times one of 32 bits.
template <class Topology>
class integer_parameters {
public:
    using wires = prediction_wiring<Topology>;
    using stages = typename wires::stages;
    static constexpr std::size_t size = stages::size;

private:
    static_assert(internal::check_narrow_layers<Topology>(std::make_index_sequence<Topology::nodes::size>{}));
    static_assert(internal::check_integer_layers<Topology>(std::make_index_sequence<size>{}));

    struct place {
        std::size_t kernel = 0;
        std::size_t output = 0;
    };
    struct layout {
        std::array<place, size> stages{};
        place end{};
    };
    template <class Head>
    using layout_of_head = integer_layout<Head::inputs, Head::outputs>;

    template <class... Stages>
    static constexpr layout lay_out(stage_list<Stages...>) {
        layout result;
        std::size_t stage = 0;
        const auto add_kernel = [&](std::size_t kernel, std::size_t outputs) {
            result.stages[stage++] = result.end;
            result.end.kernel += whole_lines<byte_word>(kernel);
            result.end.output += whole_lines<float>(outputs);
        };
        (add_kernel(layout_of_head<typename Stages::head>::kernel_size,
                    layout_of_head<typename Stages::head>::output_size),
         ...);
        return result;
    }
    static constexpr layout places = lay_out(stages{});

public:
    /// Bytes in memory, filling included.
    static constexpr std::size_t bytes = places.end.kernel * sizeof(byte_word) +
                                         places.end.output * (sizeof(std::int32_t) + sizeof(float)) +
                                         size * sizeof(quantization);

    integer_parameters()
        : kernels_(places.end.kernel), starts_(places.end.output), scales_(places.end.output) {}

    /// Calls visit(number, head) for each layer.
    template <class Visit>
    static void visit_heads(Visit visit) {
        std::size_t stage = 0;
        for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            visit(stage++, std::type_identity<typename Stage::head>{});
        });
    }
    /// What `summary()` calls a layer. Stages that share a layer's weights read other inputs, and so have
    /// scales of their own: each behind the first says which use of it it is.
    [[nodiscard]] static std::string name(std::size_t stage) {
        std::string result = internal::stage_name<Topology>(stage);
        std::size_t use = 1;
        for (std::size_t other = 0; other < stage; ++other)
            use += internal::stage_name<Topology>(other) == result;
        return use == 1 ? result : internal::concatenate(result, ".use_", use);
    }

    /// How the kernel reads a layer.
    [[nodiscard]] integer_weights weights(std::size_t stage) const noexcept {
        const place begin = places.stages[stage];
        return {kernels_.data() + begin.kernel, starts_.data() + begin.output, scales_.data() + begin.output,
                inputs_[stage]};
    }
    [[nodiscard]] const quantization& input(std::size_t stage) const noexcept { return inputs_[stage]; }

    template <class Head>
    [[nodiscard]] std::int8_t weight(std::size_t stage, std::size_t k, std::size_t n) const noexcept {
        return layout_of_head<Head>::read(kernels_.data() + places.stages[stage].kernel, k, n);
    }
    [[nodiscard]] float scale(std::size_t stage, std::size_t n) const noexcept {
        return scales_[places.stages[stage].output + n];
    }
    template <class Head>
    [[nodiscard]] std::int32_t bias(std::size_t stage, std::size_t n) const noexcept {
        return starts_[places.stages[stage].output + n] + inputs_[stage].zero * weight_sum<Head>(stage, n);
    }

    /// Takes a layer that is quantized: weight(k, n), scale(n) and bias(n).
    template <class Head, class Weight, class Scale, class Bias>
    void set(std::size_t stage, quantization input, const Weight& weight, const Scale& scale,
             const Bias& bias) {
        const place begin = places.stages[stage];
        inputs_[stage] = input;
        for (std::size_t n = 0; n < Head::outputs; ++n) {
            for (std::size_t k = 0; k < Head::inputs; ++k)
                layout_of_head<Head>::write(kernels_.data() + begin.kernel, k, n, weight(k, n));
            scales_[begin.output + n] = scale(n);
            starts_[begin.output + n] = bias(n) - input.zero * weight_sum<Head>(stage, n);
        }
    }

    /// Those of a network of float, which rest as its own kernels read them, rounded. `std::invalid_argument`
    /// for one that is not finite, or so large that floats do not hold its scale.
    integer_parameters(const float* parameters, const std::array<quantization, size>& inputs)
        : integer_parameters() {
        visit_heads([&]<class Head>(std::size_t stage, std::type_identity<Head>) {
            using trained = weight_layout<float, Head::inputs, Head::outputs>;
            using all = parameter_layout<float, Topology>;
            const float* const own =
                parameters +
                all::places[training_wiring<Topology>::marks.stage_of[wires::marks.stages[stage].head]];
            const float* const kernel = array_of<Head>(own, typename Head::kernel{});
            const auto bias = [&]([[maybe_unused]] std::size_t n) {
                if constexpr (Head::has_bias)
                    return array_of<Head>(own, typename Head::bias{})[n];
                else
                    return 0.0F;
            };
            std::vector<float> factors(Head::outputs);
            for (std::size_t n = 0; n < Head::outputs; ++n) {
                float largest = 0;
                bool finite = detail::is_finite(bias(n));
                for (std::size_t k = 0; k < Head::inputs; ++k) {
                    const float weight = kernel[trained::index(k, n)];
                    finite = finite && detail::is_finite(weight);
                    largest = std::max(largest, std::abs(weight));
                }
                if (!finite)
                    internal::raise(std::invalid_argument(internal::concatenate(
                        "weights of 8 bits: expected finite parameters, found others in layer ", name(stage),
                        ", output ", n)));
                factors[n] = internal::integer_scale(largest, bias(n), inputs[stage].scale);
                if (!detail::is_finite(factors[n]))
                    internal::raise(std::invalid_argument(internal::concatenate(
                        "weights of 8 bits: expected weights and inputs whose steps have a product that a "
                        "float holds, found larger ones in layer ",
                        name(stage), ", output ", n)));
            }
            set<Head>(
                stage, inputs[stage],
                [&](std::size_t k, std::size_t n) {
                    return static_cast<std::int8_t>(
                        std::nearbyint(double{kernel[trained::index(k, n)]} / double{factors[n]}));
                },
                [&](std::size_t n) { return factors[n]; },
                [&](std::size_t n) {
                    return static_cast<std::int32_t>(
                        std::nearbyint(double{bias(n)} / (double{inputs[stage].scale} * double{factors[n]})));
                });
        });
    }

    /// Memory that `run` needs for so many samples, in bytes, aligned.
    [[nodiscard]] static constexpr std::size_t memory_size(std::size_t samples) noexcept {
        return sizeof(float) *
               (whole_lines<float>(samples * wires::shared_size) + most_row_memory(samples, stages{}));
    }

    /// x [samples][input] -> y [samples][output].
    void run(const float* x, float* y, std::size_t samples, std::byte* memory) const noexcept {
        float* const values = reinterpret_cast<float*>(memory);
        float* const factors = values + whole_lines<float>(samples * wires::shared_size);
        std::size_t number = 0;
        const float* source = x;
        for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            const value_place target = wires::place(number);
            float* const result = wires::output_in(target.buffer) == 0
                                      ? y
                                      : values + samples * wires::buffer_begin(target.buffer);
            const std::size_t rows = samples * Stage::rows;
            integer_forward<typename Stage::head, Stage::rows>(
                weights(number++), source, result, rows,
                reinterpret_cast<byte_word*>(factors + whole_lines<float>(rows)), factors,
                prediction_tail<typename Stage::tail>{});
            if constexpr (Stage::has_softmax)
                close<Stage>(result, {0, samples});
            source = result;
        });
    }

private:
    template <class... Stages>
    static constexpr std::size_t most_row_memory(std::size_t samples, stage_list<Stages...>) {
        return std::max({integer_memory<Stages::head::inputs>(samples * Stages::rows)...});
    }

    template <class Head>
    [[nodiscard]] std::int32_t weight_sum(std::size_t stage, std::size_t n) const noexcept {
        std::int32_t sum = 0;
        for (std::size_t k = 0; k < Head::inputs; ++k)
            sum += weight<Head>(stage, k, n);
        return sum;
    }

    aligned_vector<byte_word> kernels_;
    aligned_vector<std::int32_t> starts_;
    aligned_vector<float> scales_;
    std::array<quantization, size> inputs_{};
};

} // namespace strata::bedrock::inline STRATA_SETTING
