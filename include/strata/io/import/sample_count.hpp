// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Stands for any number of samples where shapes are computed. It is prime, and no other extent.
constexpr std::int64_t any_samples = 1000003;

/// Whether an extent is so many samples, or some for each of them.
inline bool counts_samples(std::int64_t extent) { return extent != 0 && extent % any_samples == 0; }

constexpr const char* count_hint = "depends on how many samples there are, which no network knows";

/// Whether some of a constant's numbers depend on how many samples there are.
template <class Constant>
bool has_counts(const Constant& constant) {
    return std::find(constant.counts.begin(), constant.counts.end(), true) != constant.counts.end();
}

/// Whether extents are known, or so many samples; `counts` tells which depend on these. One that a Reshape's
/// other extents determine is known.
inline bool fits_samples(const std::vector<std::int64_t>& asked, const std::vector<bool>& counts,
                         bool determines_one) {
    std::size_t open = 0;
    for (std::size_t i = 0; i < asked.size(); ++i)
        open += (determines_one && asked[i] == -1) || (counts[i] && !counts_samples(asked[i])) ? 1 : 0;
    return open <= (determines_one ? 1 : 0);
}

/// The file's error where a layer or a weight is as large as there are samples: a network has one size.
inline void refuse_counted_extents(const model_graph& graph) {
    const auto has_count = [](const extents& shape) {
        return std::any_of(shape.begin(), shape.end(), [](std::size_t extent) {
            return counts_samples(static_cast<std::int64_t>(extent));
        });
    };
    for (const graph_node& node : graph.nodes) {
        const bool has_counted_weight =
            std::any_of(node.weights.begin(), node.weights.end(),
                        [&](const auto& weight) { return has_count(weight.second.shape); });
        if (has_count(node.shape) || has_counted_weight)
            internal::raise(data_error::in_file(
                graph.file, "layers of a size of their own",
                internal::concatenate(internal::shown(node.name), ", whose size ", count_hint)));
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
