// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/sample_list.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/model/model.hpp>
#include <strata/model/output_arrays.hpp>
#include <strata/model/parameter_tensors.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Predicts samples of any numbers.
template <class Model>
void predict_samples(const Model& net, const sample_list& x, std::size_t count,
                     const std::array<typename Model::value_type*, Model::output_count>& y) {
    using T = typename Model::value_type;
    constexpr std::size_t inputs = Model::input_count;
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
        auto results = y;
        for (std::size_t i = 0; i < results.size(); ++i)
            results[i] += first * Model::output_sizes[i];
        net.predict_batch(sources, results, length);
    }
}
} // namespace internal

/// Predictions for a batch: anything that `samples` takes, of the shape [samples, input...], gives an array
/// [samples, output...]. A one-dimensional network input may lack its axis. A network with several inputs
/// takes them `together`, one with several outputs gives a tuple of arrays. `std::invalid_argument` for other
/// shapes.
template <class Model, class Array>
auto predict_array(const Model& net, const Array& array) {
    return internal::predict_arrays<typename Model::value_type, typename Model::topology>(
        array, [&](const sample_list& x, std::size_t count, const auto& results) {
            internal::predict_samples(net, x, count, results);
        });
}

} // namespace strata::bedrock::inline STRATA_SETTING

STRATA_HEADER_END
