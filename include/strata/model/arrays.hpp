// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array_check.hpp>
#include <strata/data/sample_count.hpp>
#include <strata/data/token_check.hpp>
#include <strata/model/model.hpp>
#include <strata/model/parameter_tensors.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>

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
} // namespace internal

/// Predictions for a batch: anything that `samples` takes, of the shape [samples, input...], gives an array
/// [samples, output...]. A one-dimensional network input may lack its axis. A network with several inputs
/// takes them `together`, one with several outputs gives a tuple of arrays. `std::invalid_argument` for other
/// shapes.
template <class Model, class Array>
auto predict_array(const Model& net, const Array& array) {
    using T = typename Model::value_type;
    constexpr std::size_t inputs = Model::input_count;
    constexpr std::size_t outputs = Model::output_count;
    constexpr std::size_t rank = Model::input_shape.rank;
    if constexpr (inputs == 1)
        static_assert(internal::check_array < "the array to predict", Array, text("it takes numbers"), "",
                      rank + 1, Model::input_size == 1 ? 1 : rank + 1 > ());
    else
        static_assert(internal::check_readable<"the array to predict", Array, text("it takes numbers")>());
    const sample_list x = internal::read_list(array);
    const std::size_t count =
        internal::count_samples(typename Model::topology::inputs{}, x, "predict", [](std::size_t index) {
            return index == 0 ? std::string("the array to predict")
                              : internal::concatenate("array ", index + 1, " to predict");
        });
    internal::check_tokens<typename Model::topology>(x.data(), count, "predict");
    auto result = internal::output_arrays<T>(typename Model::topology::outputs{}, count);

    // Other numbers than the network's are converted a part at a time, so that the copies stay small.
    bool are_direct = true;
    for (std::size_t i = 0; i < inputs; ++i)
        are_direct = are_direct && x[i].template direct<T>() != nullptr;
    const std::size_t part = are_direct ? count : std::min<std::size_t>(count, 4096);
    std::array<aligned_vector<T>, inputs> converted;
    for (std::size_t first = 0; first < count; first += part) {
        const std::size_t length = std::min(part, count - first);
        std::array<const T*, inputs> sources{};
        for (std::size_t i = 0; i < inputs; ++i) {
            const std::size_t size = Model::input_sizes[i];
            if (are_direct)
                sources[i] = x[i].template direct<T>();
            else {
                converted[i].resize(part * size);
                x[i].read(first * size, length * size, converted[i].data());
                sources[i] = converted[i].data();
            }
        }
        std::array<T*, outputs> results{};
        for_each_index<outputs>([&](auto index) {
            results[index] = std::get<index>(result).data() + first * Model::output_sizes[index];
        });
        net.predict_batch(sources, results, length);
    }
    if constexpr (outputs == 1)
        return std::get<0>(std::move(result));
    else
        return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING

STRATA_HEADER_END
