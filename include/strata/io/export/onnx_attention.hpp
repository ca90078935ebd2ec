// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_layer.hpp>
#include <strata/layers/dot_attention.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// Attention as products and a softmax. With fewer heads of keys than of queries, the heads are two axes, and
/// ONNX spreads the keys over the second one. Masks are values [samples, steps] of ones and zeros behind the
/// three that attention reads: `masks_queries` of the queries first, then so many of the keys.
inline void write_attention(onnx_layer& layer, const attention_shape& sizes, bool is_causal,
                            bool masks_queries, std::size_t key_masks) {
    onnx_network& graph = layer.graph;
    const std::size_t shared = sizes.heads / sizes.key_heads;
    const bool is_grouped = shared > 1;
    const auto heads_of = [&](std::size_t source, std::size_t steps, std::size_t heads, std::size_t width,
                              bool is_turned) {
        const std::string x = graph.arrange_plain(layer.sources[source]).name;
        const bool is_query = source == 0;
        const extents shape = is_grouped ? extents{steps, sizes.key_heads, is_query ? shared : 1, width}
                                         : extents{steps, heads, width};
        const wholes order = is_grouped ? (is_turned ? wholes{0, 2, 3, 4, 1} : wholes{0, 2, 3, 1, 4})
                                        : (is_turned ? wholes{0, 2, 3, 1} : wholes{0, 2, 1, 3});
        return graph.add("Transpose", {graph.reshape(x, shape)}, {{"perm", order}});
    };
    const std::string queries = heads_of(0, sizes.queries, sizes.heads, sizes.key_width, false);
    const std::string keys = heads_of(1, sizes.keys, sizes.key_heads, sizes.key_width, true);
    const std::string values = heads_of(2, sizes.keys, sizes.key_heads, sizes.value_width, false);
    const double scale = 1 / std::sqrt(static_cast<double>(sizes.key_width));
    std::string scores = graph.add("Mul", {graph.add("MatMul", {queries, keys}), graph.constant(scale)});

    // Ones where a query may look, zeros elsewhere.
    std::string seen;
    if (is_causal) {
        std::vector<float> numbers(sizes.queries * sizes.keys);
        for (std::size_t i = 0; i < sizes.queries; ++i)
            for (std::size_t j = 0; j <= i && j < sizes.keys; ++j)
                numbers[i * sizes.keys + j] = 1;
        seen = graph.constant({sizes.queries, sizes.keys}, numbers);
    }
    const extents all_heads = is_grouped ? extents{1, 1, 1, sizes.keys} : extents{1, 1, sizes.keys};
    for (std::size_t i = 0; i < key_masks; ++i) {
        const std::string mask =
            graph.reshape(layer.sources[3 + std::size_t{masks_queries} + i].name, all_heads);
        seen = seen.empty() ? mask : graph.add("Mul", {seen, mask});
    }
    if (!seen.empty()) {
        const std::string is_seen =
            graph.add("Cast", {seen}, {{"to", static_cast<std::int64_t>(onnx_number::truth)}});
        scores = graph.add("Where",
                           {is_seen, scores, graph.constant(double{std::numeric_limits<float>::lowest()})});
    }
    std::string weights = graph.add("Softmax", {scores}, {{"axis", std::int64_t{-1}}});
    if (key_masks > 0) // a query that sees nothing has no result
        weights = graph.add("Mul", {weights, seen});
    const std::string sums = graph.add("MatMul", {weights, values});
    const std::string rows = graph.reshape(
        graph.add("Transpose", {sums}, {{"perm", is_grouped ? wholes{0, 3, 1, 2, 4} : wholes{0, 2, 1, 3}}}),
        layer.output);
    if (!masks_queries)
        return layer.make_plain(rows);
    layer.make_plain(graph.add("Mul", {rows, graph.reshape(layer.sources[3].name, {sizes.queries, 1})}));
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
