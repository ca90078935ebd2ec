// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Samples as a file has them, with their axes as the network has them: channels last where the file has them
/// first, samples before steps. `axes` are a graph's `input_axes` or `output_axes`. Arrays of another rank
/// are left as they are.
inline std::vector<tensor> arrange_samples(std::vector<tensor> samples,
                                           const std::vector<std::vector<std::size_t>>& axes) {
    for (std::size_t number = 0; number < std::min(samples.size(), axes.size()); ++number) {
        tensor& given = samples[number];
        const std::vector<std::size_t>& order = axes[number];
        if (order.size() + 1 != given.shape.size())
            continue;
        // The samples have the axis that is none of a sample's.
        std::vector<std::size_t> all(1, 0);
        while (std::find(order.begin(), order.end(), all.front()) != order.end())
            ++all.front();
        all.insert(all.end(), order.begin(), order.end());
        if (std::is_sorted(all.begin(), all.end()))
            continue;
        tensor moved{{}, std::vector<float>(given.numbers.size())};
        std::vector<std::size_t> steps;
        for (const std::size_t axis : all) {
            moved.shape.push_back(given.shape[axis]);
            std::size_t step = 1;
            for (std::size_t behind = axis + 1; behind < given.shape.size(); ++behind)
                step *= given.shape[behind];
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
