// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array_check.hpp>
#include <strata/data/sample_count.hpp>
#include <strata/data/sample_list.hpp>
#include <strata/data/token_check.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/model/model.hpp>
#include <strata/model/output_arrays.hpp>
#include <strata/model/parameter_tensors.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// How many samples there are to predict, of which is checked what only a run can know.
template <class Topology>
std::size_t count_predicted(const sample_list& x) {
    const std::size_t count = count_samples(typename Topology::inputs{}, x, "predict", [](std::size_t index) {
        return index == 0 ? std::string("the array to predict")
                          : concatenate("array ", index + 1, " to predict");
    });
    check_tokens<Topology>(x.data(), count, "predict");
    return count;
}

/// Calls use(numbers of each input, first, count) for the samples, as T: all at once where that is what they
/// are, otherwise a part at a time, so that the copies stay small.
template <class T, std::size_t Inputs, class Use>
void read_in_parts(const sample_list& x, const std::array<std::size_t, Inputs>& sizes, std::size_t count,
                   const Use& use) {
    bool are_direct = true;
    for (std::size_t i = 0; i < Inputs; ++i)
        are_direct = are_direct && x[i].template direct<T>() != nullptr;
    const std::size_t part = are_direct ? count : std::min<std::size_t>(count, 4096);
    std::array<aligned_vector<T>, Inputs> converted;
    for (std::size_t first = 0; first < count; first += part) {
        const std::size_t length = std::min(part, count - first);
        std::array<const T*, Inputs> sources{};
        for (std::size_t i = 0; i < Inputs; ++i) {
            if (are_direct)
                sources[i] = x[i].template direct<T>();
            else {
                converted[i].resize(part * sizes[i]);
                x[i].read(first * sizes[i], length * sizes[i], converted[i].data());
                sources[i] = converted[i].data();
            }
        }
        use(sources, first, length);
    }
}

/// Predicts samples of any numbers.
template <class Model>
void predict_samples(const Model& net, const sample_list& x, std::size_t count,
                     const std::array<typename Model::value_type*, Model::output_count>& y) {
    read_in_parts<typename Model::value_type>(
        x, Model::input_sizes, count, [&](const auto& sources, std::size_t first, std::size_t length) {
            auto results = y;
            for (std::size_t i = 0; i < results.size(); ++i)
                results[i] += first * Model::output_sizes[i];
            net.predict_batch(sources, results, length);
        });
}
} // namespace internal

/// Predictions for a batch: anything that `samples` takes, of the shape [samples, input...], gives an array
/// [samples, output...]. A one-dimensional network input may lack its axis. A network with several inputs
/// takes them `together`, one with several outputs gives a tuple of arrays. `std::invalid_argument` for other
/// shapes.
template <class Model, class Array>
auto predict_array(const Model& net, const Array& array) {
    return internal::predict_arrays<typename Model::value_type, typename Model::topology>(
        array, [](const sample_list& x) { return internal::count_predicted<typename Model::topology>(x); },
        [&](const sample_list& x, std::size_t count, const auto& results) {
            internal::predict_samples(net, x, count, results);
        });
}

/// Samples for a `calibration`: what `predict_array` takes.
template <class Calibration, class Array>
void calibrate_array(Calibration& ranges, const Array& array) {
    using Model = typename Calibration::trained;
    constexpr std::size_t rank = Model::input_shape.rank;
    static_assert(internal::check_array < "the array to calibrate with", Array, text("it takes numbers"), "",
                  rank + 1, Model::input_size == 1 ? 1 : rank + 1 > ());
    const sample_list x = internal::read_list(array);
    const std::size_t count =
        internal::count_samples(typename Model::topology::inputs{}, x, "calibration",
                                [](std::size_t) { return std::string("the array to calibrate with"); });
    Calibration found = ranges; // all of them, or none
    internal::read_in_parts<float>(
        x, Model::input_sizes, count,
        [&](const auto& sources, std::size_t, std::size_t length) { found.add(sources[0], length); });
    ranges = found;
}

} // namespace strata::bedrock::inline STRATA_SETTING

STRATA_HEADER_END
