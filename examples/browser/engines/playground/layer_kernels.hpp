// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/gradients.hpp>
#include <strata/layers/activations.hpp>
#include <strata/layers/dense.hpp>
#include <strata/model/update.hpp>
#include <strata/plan/stage.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace playground {

/// The most units of a layer, and the most inputs: so many features and units there are.
inline constexpr std::size_t most_units = 8;
/// Kernels read up to a register behind the last number of their memory.
inline constexpr std::size_t slack = strata::bedrock::line_size<float>;

/// The library's kernels of a dense layer of one shape, and how that shape rests in memory. Rows are
/// contiguous: x is [samples][inputs], y and delta are [samples][units].
struct layer_kernels {
    void (*forward)(const float* parameters, const float* x, float* y, std::size_t samples);
    void (*backward)(const float* parameters, const float* delta, float* source_delta, std::size_t samples);
    void (*update)(const float* x, const float* delta, float* gradients, std::size_t samples);
    std::size_t (*index)(std::size_t input, std::size_t unit); ///< of a weight
    std::size_t bias_begin;                                    ///< behind the weights and their filling
    std::size_t size;                                          ///< of all parameters and their filling
};

namespace detail {
namespace library = strata::bedrock;

/// One shape. The tail is left out here: it would multiply the shapes with the activations, and what it does
/// to each number is the same in a pass of its own.
template <std::size_t Inputs, std::size_t Units>
struct layer_shape {
    using head = library::contraction<Inputs, library::dense_layer<Units>, Units>;
    using stage = library::stage<head, library::tail<>, library::no_closing, 1>;
    using kernels = library::head_kernels<head>;
    using kernel = typename head::kernel;
    using bias = typename head::bias;
    using rows = library::rows_view<const float>;

    static void forward(const float* parameters, const float* x, float* y, std::size_t samples) {
        const rows source{x, Inputs};
        const library::batch_pieces all = library::batch_pieces::whole(samples, samples);
        const library::head_forward<float> call{&source, {y, Units}, nullptr, parameters, nullptr,
                                                nullptr, samples,    {},      all};
        kernels::template forward<stage, library::keeping::nothing, false>(
            call, library::team{}, library::training_tail<library::tail<>>{{}});
    }
    static void backward(const float* parameters, const float* delta, float* source_delta,
                         std::size_t samples) {
        alignas(library::alignment) std::array<float, kernels::template scratch_size<float>> scratch;
        const library::rows_view<float> target{source_delta, Inputs};
        const bool adds = false;
        const library::batch_pieces all = library::batch_pieces::whole(samples, samples);
        const library::head_backward<float> call{nullptr, {delta, Units}, &target, &adds, nullptr, parameters,
                                                 nullptr, scratch.data(), samples, {},    all};
        kernels::template backward<stage>(call, library::team{}, library::no_slope{});
    }
    static void update(const float* x, const float* delta, float* gradients, std::size_t samples) {
        const rows source{x, Inputs};
        const library::batch_pieces all = library::batch_pieces::whole(samples, samples);
        const library::head_backward<float> call{&source, {delta, Units}, nullptr, nullptr, nullptr, nullptr,
                                                 nullptr, nullptr,        samples, {},      all};
        const library::gradient_store<float> store{gradients};
        kernels::template update<stage, false>(
            call, library::team{},
            library::head_updates<float, head, library::gradient_store<float>>{store, 0});
    }

    static constexpr layer_kernels table{forward,
                                         backward,
                                         update,
                                         library::weight_layout<float, Inputs, Units>::index,
                                         library::place_in_head<float, head, bias>,
                                         library::places_of_head<float, head>};
};

template <std::size_t... Shape>
constexpr auto list_shapes(std::index_sequence<Shape...>) {
    return std::array{layer_shape<Shape / most_units + 1, Shape % most_units + 1>::table...};
}
} // namespace detail

/// The kernels of a layer of `units` units, 1 to 8, on 1 to 8 inputs.
inline const layer_kernels& kernels_of_shape(std::size_t inputs, std::size_t units) {
    static constexpr auto shapes = detail::list_shapes(std::make_index_sequence<most_units * most_units>{});
    return shapes[(inputs - 1) * most_units + units - 1];
}

} // namespace playground
