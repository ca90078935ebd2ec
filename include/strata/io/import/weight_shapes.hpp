// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The shape that a weight of a node has to have behind an input of some shape; nothing where any will do.
inline std::optional<extents> weight_shape(const graph_node& node, std::string_view weight,
                                           const extents& input) {
    const std::size_t last = input.empty() ? 1 : input.back();
    const std::size_t axes = input.empty() ? 0 : input.size() - 1;
    const auto kernel = [&](std::size_t inputs, std::size_t outputs) {
        extents result = spatial_numbers(node, "size", axes, 0).value_or(extents{});
        result.push_back(inputs);
        result.push_back(outputs);
        return std::optional(result);
    };
    if (node.kind == "dense")
        return weight == "kernel" ? extents{last, node.count("units")} : extents{node.count("units")};
    if (node.kind == "conv") {
        const std::size_t groups = node.count("groups", 1);
        return weight == "kernel" ? kernel(groups == 0 ? 0 : last / groups, node.count("filters"))
                                  : extents{node.count("filters")};
    }
    if (node.kind == "conv_transpose") {
        const std::size_t groups = node.count("groups", 1);
        return weight == "kernel" ? kernel(groups == 0 ? 0 : node.count("filters") / groups, last)
                                  : extents{node.count("filters")};
    }
    if (node.kind == "depthwise_conv") {
        const std::size_t multiplier = node.count("depth_multiplier", 1);
        return weight == "depthwise_kernel" ? kernel(last, multiplier) : extents{last * multiplier};
    }
    if (node.kind == "layer_norm" && node.count("axes", 1) <= input.size())
        return extents(input.end() - static_cast<std::ptrdiff_t>(node.count("axes", 1)), input.end());
    if (has_any_kind(node, {"batch_norm", "group_norm", "instance_norm", "rms_norm"}))
        return extents{last};
    if (node.kind == "attention")
        return attention_weight_shape(node, weight, last);
    if (node.kind == "embedding")
        return extents{node.count("vocabulary"), node.count("width")};
    const std::string_view cell =
        node.kind == "bidirectional" ? node.text("cell") : std::string_view(node.kind);
    if (cell == "lstm" || cell == "gru" || cell == "simple_rnn") {
        const std::size_t units = node.count("units");
        const std::size_t gates = (cell == "lstm" ? 4 : cell == "gru" ? 3 : 1) * units;
        if (weight.ends_with("recurrent_kernel"))
            return extents{units, gates};
        if (weight.ends_with("kernel"))
            return extents{last, gates};
        return cell == "gru" && node.number("reset_after") != 0 ? extents{2, gates} : extents{gates};
    }
    return std::nullopt;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
