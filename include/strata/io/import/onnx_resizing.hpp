// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant_places.hpp>
#include <strata/io/import/onnx_images.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The sizes that an image's axes get, those of samples and channels as well. Nothing, and a problem, where
/// they are not known before the network runs, or a factor makes no whole number of places, since what lies
/// where then depends on the factor.
inline std::optional<std::vector<double>> read_sizes(onnx_builder& graph, const onnx_node& operation,
                                                     const onnx_value& image) {
    const std::size_t rank = image.shape.size();
    std::vector<std::int64_t> axes = wholes_of(operation, "axes");
    if (axes.empty())
        for (std::size_t axis = 0; axis < rank; ++axis)
            axes.push_back(static_cast<std::int64_t>(axis));
    std::vector<double> factors;
    if (const auto scales = operation.attributes.find("scales"); scales != operation.attributes.end())
        factors = scales->second.reals;
    const std::size_t place = operation.type == "Upsample" || graph.opset() < 11 ? 1 : 2;
    const bool has_sizes = graph.has_input(operation, 3);
    if (graph.has_input(operation, place) || has_sizes) {
        const onnx_constant* const given = graph.constant(operation, has_sizes ? 3 : place);
        if (given == nullptr)
            return std::nullopt;
        factors = given->numbers;
    }
    if (factors.size() != axes.size())
        graph.fail(operation, internal::concatenate("factors or sizes for ", axes.size(), " axes"),
                   internal::concatenate(factors.size()));
    std::vector<double> sizes(image.shape.begin(), image.shape.end());
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const auto axis = counted_place(axes[i], static_cast<std::int64_t>(rank));
        if (!axis)
            graph.fail(operation, "axes that its image has", "others");
        double& size = sizes[*axis];
        const double wanted = has_sizes ? factors[i] : size * factors[i];
        size = std::round(wanted);
        constexpr double rounding = 1e-4; // of a factor in float
        if (!(size >= 1 && size < 0x1p31) || std::abs(wanted - size) > rounding) {
            graph.add_problem(operation, "by a factor that makes no whole number of places");
            return std::nullopt;
        }
    }
    if (sizes[0] != static_cast<double>(image.shape[0]) || sizes[1] != static_cast<double>(image.shape[1])) {
        graph.add_problem(operation, "of samples or channels");
        return std::nullopt;
    }
    return sizes;
}

/// ONNX's rule for the nearest of two places, as an option of strata's resize. Where the half is not taken
/// off at first, as TensorFlow does it, the rule is another.
inline const char* find_rounding(std::string_view mode, bool keeps_half) {
    struct rounding_name {
        std::string_view mode;
        const char* usual;
        const char* shifted;
    };
    constexpr rounding_name names[] = {{"round_prefer_floor", "nearest_half_down", "nearest_up"},
                                       {"round_prefer_ceil", "nearest_half_up", ""},
                                       {"floor", "nearest_down", "nearest_half_up"},
                                       {"ceil", "nearest_up", ""}};
    for (const rounding_name& each : names)
        if (each.mode == mode)
            return keeps_half ? each.shifted : each.usual;
    return "";
}

/// Resize and Upsample of an image to any size.
inline void read_resizing(onnx_builder& graph, const onnx_node& operation) {
    const auto image = image_input(graph, operation);
    const auto sizes = image ? read_sizes(graph, operation, *image) : std::nullopt;
    if (!sizes)
        return;
    const bool is_old = operation.type == "Upsample" || graph.opset() < 11;
    const std::string mode = word_of(operation, "mode", "nearest");
    const std::string rule =
        word_of(operation, "coordinate_transformation_mode", is_old ? "asymmetric" : "half_pixel");
    const bool keeps_half = rule == "tf_half_pixel_for_nn";
    const std::string rounding = find_rounding(
        word_of(operation, "nearest_mode", is_old ? "floor" : "round_prefer_floor"), keeps_half);
    constexpr std::pair<std::string_view, const char*> corner_names[] = {
        {"half_pixel", "half_pixel"},
        {"pytorch_half_pixel", "half_pixel"},
        {"align_corners", "align_corners"},
        {"asymmetric", "asymmetric"},
        {"tf_half_pixel_for_nn", "half_pixel"}};
    const auto* const corners = std::find_if(std::begin(corner_names), std::end(corner_names),
                                             [&](const auto& each) { return each.first == rule; });
    const bool is_nearest = mode == "nearest";
    const bool is_linear = (mode == "linear" || mode == "bilinear" || mode == "trilinear") && !keeps_half;
    if ((!is_nearest && !is_linear) || corners == std::end(corner_names) ||
        (is_nearest && rounding.empty()) || whole_of(operation, "antialias", 0) != 0 ||
        word_of(operation, "keep_aspect_ratio_policy", "stretch") != "stretch")
        return graph.add_problem(operation, "other than nearest or linear, without smoothing");
    std::vector<double> factors;
    bool is_whole = true;
    for (std::size_t axis = 2; axis < sizes->size(); ++axis) {
        const auto extent = static_cast<double>(image->shape[axis]);
        if (rule == "pytorch_half_pixel" && (*sizes)[axis] == 1 && extent != 1)
            return graph.add_problem(operation, "to one place, which is the first there");
        factors.push_back((*sizes)[axis] / extent);
        is_whole = is_whole && factors.back() == std::floor(factors.back());
    }
    // By whole factors the nearest pixel is the same one, counted from the middle or from the corner.
    const bool is_repeated = is_nearest && ((rule == "half_pixel" && rounding.starts_with("nearest_half")) ||
                                            (rule == "asymmetric" && rounding == "nearest_down"));
    const bool is_enlarged = is_linear && rule.ends_with("half_pixel");
    graph_node made{is_whole && (is_repeated || is_enlarged) ? "upsample" : "resize", ""};
    made.attributes["interpolation"] = std::string(is_nearest ? "nearest" : "bilinear");
    made.attributes["size"] =
        made.kind == "upsample" ? factors : std::vector<double>(sizes->begin() + 2, sizes->end());
    if (made.kind == "resize") {
        made.attributes["corners"] = std::string(corners->second);
        if (is_nearest)
            made.attributes["rounding"] = rounding;
    }
    if (const auto number = graph.add(operation, std::move(made), {image->node}))
        graph.set(operation, image_value(graph, image->shape[0], *number));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
