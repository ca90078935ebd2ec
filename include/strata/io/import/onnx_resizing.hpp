// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_images.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Resize and Upsample of an image by whole factors.
inline void read_resizing(onnx_builder& graph, const onnx_node& operation) {
    const auto image = image_input(graph, operation);
    if (!image)
        return;
    const std::size_t rank = image->shape.size();
    std::vector<double> factors;
    const auto scales = operation.attributes.find("scales");
    if (scales != operation.attributes.end())
        factors = scales->second.reals;
    const std::size_t place = operation.type == "Upsample" || graph.opset() < 11 ? 1 : 2;
    if (graph.has_input(operation, place)) {
        const onnx_constant* const given = graph.constant(operation, place);
        if (given == nullptr)
            return;
        factors = given->numbers;
    }
    if (factors.empty() && graph.has_input(operation, 3)) {
        const onnx_constant* const sizes = graph.constant(operation, 3);
        if (sizes == nullptr || sizes->numbers.size() != rank)
            return;
        for (std::size_t axis = 0; axis < rank; ++axis)
            factors.push_back(sizes->numbers[axis] / static_cast<double>(image->shape[axis]));
    }
    const std::string mode = word_of(operation, "mode", "nearest");
    const std::string rule = word_of(operation, "coordinate_transformation_mode",
                                     operation.type == "Upsample" ? "asymmetric" : "half_pixel");
    bool fits = factors.size() == rank && factors[0] == 1 && factors[1] == 1;
    for (const double factor : factors)
        fits = fits && factor >= 1 && std::floor(factor) == factor;
    // By whole factors the nearest pixel is the same one, counted from the middle or from the corner.
    const bool is_nearest =
        mode == "nearest" &&
        (rule == "half_pixel" ||
         (rule == "asymmetric" && word_of(operation, "nearest_mode", "floor") == "floor"));
    const bool is_linear =
        (mode == "linear" || mode == "bilinear") && (rule == "half_pixel" || rule == "pytorch_half_pixel");
    if (!fits || (!is_nearest && !is_linear))
        return graph.add_problem(operation,
                                 "other than by whole factors, nearest or bilinear with half pixels");
    graph_node made{"upsample", ""};
    made.attributes["size"] = std::vector<double>(factors.begin() + 2, factors.end());
    made.attributes["interpolation"] = std::string(is_nearest ? "nearest" : "bilinear");
    if (const auto number = graph.add(operation, std::move(made), {image->node}))
        graph.set(operation, image_value(graph, image->shape[0], *number));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
