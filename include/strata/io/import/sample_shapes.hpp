// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/extents.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Whether samples lie as a node has them, one behind another, or each in a row. Axes of one number say
/// nothing of how the others lie.
inline bool fit_shape(const extents& samples, const extents& shape) {
    const auto wide = [](auto begin, auto end) {
        extents result;
        std::copy_if(begin, end, std::back_inserter(result), [](std::size_t extent) { return extent != 1; });
        return result;
    };
    if (samples.empty())
        return false;
    const extents given = wide(samples.begin() + 1, samples.end());
    return given == wide(shape.begin(), shape.end()) ||
           (given.size() == 1 && given.front() == size_of(shape));
}

/// How many samples the first of some arrays has.
inline std::size_t count_samples(const std::vector<tensor>& given) {
    return given.empty() || given.front().shape.empty() ? 0 : given.front().shape.front();
}

/// The file's error where arrays are not those of some nodes, all of as many samples, [samples, ...].
inline void check_sample_shapes(const model_graph& graph, const std::vector<tensor>& given,
                                const std::vector<std::size_t>& nodes, std::string_view what,
                                std::size_t samples) {
    const auto fail = [&](std::string_view expected, std::string_view found) {
        internal::raise(data_error::in_file(graph.file, expected, found));
    };
    if (given.size() != nodes.size())
        fail(internal::concatenate("samples of ", nodes.size(), " ", what),
             internal::concatenate("those of ", given.size()));
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const extents& shape = graph.nodes[nodes[i]].shape;
        const extents& found = given[i].shape;
        if (!fit_shape(found, shape) || found.front() != samples || size_of(found) != given[i].numbers.size())
            fail(internal::concatenate(samples, " samples of ", internal::extents_text(shape), " for ", what,
                                       " ", i, ", or rows of ", *size_of(shape)),
                 internal::concatenate("an array of ", internal::extents_text(found)));
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
