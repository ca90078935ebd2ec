// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/samples.hpp>
#include <strata/model/model.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata {

namespace detail {
template <class Model>
std::size_t count_samples(const samples& x, const char* what) {
    return x.count(std::span<const std::size_t>(Model::input_shape.extents), what);
}
} // namespace detail

/// Predictions for a batch: anything that `samples` takes, of the shape [samples, input...], gives an array
/// [samples, output...]. A one-dimensional network input may lack its axis. `std::invalid_argument` for other
/// shapes.
template <class Model, class Array>
auto predict_array(const Model& net, const Array& array) {
    using T = typename Model::value_type;
    constexpr std::size_t input_rank = Model::input_shape.rank;
    static_assert(detail::check_rank < "the array to predict", Array, input_rank + 1,
                  Model::input_size == 1 ? 1 : input_rank + 1 > ());
    const samples x(array);
    const std::size_t count = detail::count_samples<Model>(x, "the array to predict");

    std::array<std::size_t, Model::output_shape.rank + 1> shape{count};
    std::copy(Model::output_shape.extents.begin(), Model::output_shape.extents.end(), shape.begin() + 1);
    xt::xtensor<T, Model::output_shape.rank + 1> result(shape);

    if (const T* numbers = x.direct<T>())
        net.predict_batch(numbers, result.data(), count);
    else {
        // Other numbers are converted a part at a time, so that the copy stays small.
        constexpr std::size_t part = 4096;
        aligned_vector<T> converted(std::min(count, part) * Model::input_size);
        for (std::size_t first = 0; first < count; first += part) {
            const std::size_t now = std::min(part, count - first);
            x.read(first * Model::input_size, now * Model::input_size, converted.data());
            net.predict_batch(converted.data(), result.data() + first * Model::output_size, now);
        }
    }
    return result;
}

} // namespace strata
