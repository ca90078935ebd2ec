// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_broadcasting.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_images.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// DepthToSpace and SpaceToDepth: the channels of a pixel as a square of pixels, and back. Both are other
/// axes for the same numbers.
inline void read_blocks(onnx_builder& graph, const onnx_node& operation) {
    auto image = image_input(graph, operation);
    if (!image)
        return;
    const bool is_deep = operation.type == "SpaceToDepth";
    const extents shape = graph.node(image->node).shape;
    const std::int64_t given = whole_of(operation, "blocksize", 0);
    const std::size_t block = given > 0 && given < (1 << 20) ? static_cast<std::size_t>(given) : 0;
    if (shape.size() != 3 || block == 0 || (!is_deep && shape[2] % (block * block) != 0) ||
        (is_deep && (shape[0] % block != 0 || shape[1] % block != 0)))
        graph.fail(operation, "an image that its blocks divide", "another");
    const auto apply_node = [&](const char* kind, const char* key, std::vector<double> numbers) {
        graph_node made{kind, ""};
        made.attributes[key] = std::move(numbers);
        if (image)
            image = attach(graph, operation, *image, std::move(made));
    };
    const auto height = static_cast<double>(shape[0]);
    const auto width = static_cast<double>(shape[1]);
    const auto channels = static_cast<double>(shape[2]);
    const auto side = static_cast<double>(block);
    if (is_deep) {
        apply_node("reshape", "target", {height / side, side, width / side, side, channels});
        apply_node("permute", "order", {1, 3, 2, 4, 5});
        apply_node("reshape", "target", {height / side, width / side, side * side * channels});
    } else {
        const double depth = channels / side / side;
        const bool has_depth_first = word_of(operation, "mode", "DCR") == "CRD";
        if (has_depth_first)
            apply_node("reshape", "target", {height, width, depth, side, side});
        else
            apply_node("reshape", "target", {height, width, side, side, depth});
        if (has_depth_first)
            apply_node("permute", "order", {1, 4, 2, 5, 3});
        else
            apply_node("permute", "order", {1, 3, 2, 4, 5});
        apply_node("reshape", "target", {height * side, width * side, depth});
    }
    if (image)
        graph.set(operation, image_value(graph, image->shape[0], image->node));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
