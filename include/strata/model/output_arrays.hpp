// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array_check.hpp>
#include <strata/expression/type_list.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// An array for so many of a network's outputs.
template <class T, class Shape>
auto output_array(std::size_t samples) {
    std::array<std::size_t, Shape::rank + 1> shape{samples};
    std::copy(Shape::extents.begin(), Shape::extents.end(), shape.begin() + 1);
    return xt::xtensor<T, Shape::rank + 1>(shape);
}
template <class T, class... Shapes>
auto output_arrays(type_list<Shapes...>, std::size_t samples) {
    return std::make_tuple(output_array<T, Shapes>(samples)...);
}

/// The arrays of outputs for an array of inputs: `count(samples)` says of how many, once it has checked what
/// only a run can know, and `run(samples, count, results)` computes them.
template <class T, class Topology, class Array, class Count, class Run>
auto predict_arrays(const Array& array, const Count& count, const Run& run) {
    using inputs = typename Topology::inputs;
    using outputs = typename Topology::outputs;
    using first = typename Topology::input_shape;
    if constexpr (inputs::size == 1)
        static_assert(check_array < "the array to predict", Array, text("it takes numbers"), "",
                      first::rank + 1, first::size == 1 ? 1 : first::rank + 1 > ());
    else
        static_assert(check_readable<"the array to predict", Array, text("it takes numbers")>());
    const sample_list x = read_list(array);
    const std::size_t number = count(x);
    auto result = output_arrays<T>(outputs{}, number);
    std::array<T*, outputs::size> results{};
    for_each_index<outputs::size>([&](auto index) { results[index] = std::get<index>(result).data(); });
    run(x, number, results);
    if constexpr (outputs::size == 1)
        return std::get<0>(std::move(result));
    else
        return result;
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
