// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Which axes of an array the network's own lie along, behind that of the samples; nothing for an array that
/// has others. `order` is an entry of a graph's `input_axes` or `output_axes`.
inline std::optional<std::vector<std::size_t>> axes_of_samples(const extents& shape,
                                                               const std::vector<std::size_t>& order) {
    std::vector<std::size_t> left;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        if (std::find(order.begin(), order.end(), axis) == order.end())
            left.push_back(axis);
    const auto is_wide = [&](std::size_t axis) { return shape[axis] != 1; };
    const auto wide = std::find_if(left.begin(), left.end(), is_wide);
    if (left.size() + order.size() != shape.size() || std::count_if(left.begin(), left.end(), is_wide) > 1)
        return std::nullopt;
    std::vector<std::size_t> result = order;
    if (!left.empty())
        result.insert(result.begin(), wide == left.end() ? left.front() : *wide);
    return result;
}

/// Samples as a file has them, with their axes as the network has them: channels last where the file has them
/// first, samples before steps. `axes` are a graph's `input_axes` or `output_axes`; what has no axis of
/// samples is one. Arrays of another rank are left as they are.
inline std::vector<tensor> arrange_samples(std::vector<tensor> samples,
                                           const std::vector<std::vector<std::size_t>>& axes) {
    for (std::size_t number = 0; number < std::min(samples.size(), axes.size()); ++number) {
        tensor& given = samples[number];
        const auto order = axes_of_samples(given.shape, axes[number]);
        if (!order)
            continue;
        tensor moved{{}, std::vector<float>(given.numbers.size())};
        std::vector<std::size_t> steps;
        if (order->size() == axes[number].size()) { // one sample
            moved.shape.push_back(1);
            steps.push_back(0);
        }
        for (const std::size_t axis : *order) {
            moved.shape.push_back(given.shape[axis]);
            std::size_t step = 1;
            for (std::size_t inner = axis + 1; inner < given.shape.size(); ++inner)
                step *= given.shape[inner];
            steps.push_back(step);
        }
        for (std::size_t i = 0; i < moved.numbers.size(); ++i) {
            std::size_t rest = i;
            std::size_t place = 0;
            for (std::size_t axis = moved.shape.size(); axis-- > 0;) {
                place += rest % moved.shape[axis] * steps[axis];
                rest /= moved.shape[axis];
            }
            moved.numbers[i] = given.numbers[place];
        }
        given = std::move(moved);
    }
    return samples;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports

namespace strata {
using bedrock::imports::arrange_samples;
} // namespace strata
