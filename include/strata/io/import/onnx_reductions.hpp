// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_broadcasting.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_images.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A reduction of ONNX: what is done to each number before, how they become one, and what is done to that.
struct onnx_reduction {
    std::string_view type;
    const char* kind;
    const char* element_kind = "";
    const char* result_kind = "";
};

inline const onnx_reduction* find_reduction(std::string_view type) {
    static constexpr onnx_reduction reductions[] = {
        {"ReduceSum", "reduce_sum"},
        {"ReduceMean", "reduce_mean"},
        {"ReduceMax", "reduce_max"},
        {"ReduceMin", "reduce_min"},
        {"ReduceL1", "reduce_sum", "abs"},
        {"ReduceL2", "reduce_sum", "square", "sqrt"},
        {"ReduceSumSquare", "reduce_sum", "square"},
        {"ReduceLogSum", "reduce_sum", "", "log"},
        {"ReduceLogSumExp", "reduce_sum", "exponential", "log"},
    };
    const auto* const found = std::find_if(std::begin(reductions), std::end(reductions),
                                           [&](const onnx_reduction& each) { return each.type == type; });
    return found == std::end(reductions) ? nullptr : found;
}

/// The value without some axes of ONNX, which have the extent 1 and are none of the node's.
inline onnx_value drop_axes_of_one(onnx_value value, const std::vector<std::int64_t>& dropped) {
    for (std::size_t i = dropped.size(); i-- > 0;) {
        const auto axis = static_cast<std::size_t>(dropped[i]);
        value.shape.erase(value.shape.begin() + dropped[i]);
        for (std::size_t& each : value.axes)
            each -= each > axis ? 1 : 0;
    }
    return value;
}

/// The numbers along some axes of ONNX, in their order, as one, which leaves axes of the extent 1.
inline std::optional<onnx_value> reduce_value(onnx_builder& graph, const onnx_node& operation,
                                              const onnx_value& given, const char* kind,
                                              const std::vector<std::int64_t>& axes) {
    const auto value = graph.straighten(operation, given);
    if (!value)
        return std::nullopt;
    const auto is_named = [&](std::size_t axis) {
        return std::find(axes.begin(), axes.end(), static_cast<std::int64_t>(axis)) != axes.end();
    };
    onnx_value result = *value;
    std::vector<double> places;
    for (std::size_t place = 0; place < value->axes.size(); ++place)
        if (is_named(value->axes[place]))
            places.push_back(static_cast<double>(place));
    for (const std::int64_t axis : axes)
        result.shape[static_cast<std::size_t>(axis)] = 1;
    result.axes.erase(std::remove_if(result.axes.begin(), result.axes.end(), is_named), result.axes.end());
    if (places.empty())
        return result;
    if (std::all_of(axes.begin(), axes.end(),
                    [&](std::int64_t axis) { return value->shape[static_cast<std::size_t>(axis)] == 1; }))
        return graph.arrange(operation, *value, result.axes); // of one number each
    graph_node made{kind, ""};
    made.attributes["axes"] = std::move(places);
    return attach(graph, operation, std::move(result), std::move(made));
}

/// log sum e^x as m + log sum e^(x - m) with the largest x for m, which no x is too large for.
inline void read_soft_maximum(onnx_builder& graph, const onnx_node& operation, const onnx_value& value,
                              const std::vector<std::int64_t>& axes, bool keeps_axes) {
    const auto largest = reduce_value(graph, operation, value, "reduce_max", axes);
    auto result = largest ? merge_values(graph, operation, "subtract", {value, *largest}) : std::nullopt;
    if (result)
        result = attach(graph, operation, *result, graph_node{"exponential", ""});
    if (result)
        result = reduce_value(graph, operation, *result, "reduce_sum", axes);
    if (result)
        result = attach(graph, operation, *result, graph_node{"log", ""});
    if (result)
        result = merge_values(graph, operation, "add", {*result, *largest});
    if (result)
        graph.set(operation, keeps_axes ? *result : drop_axes_of_one(*result, axes));
}

/// ReduceMean, ReduceSum and their kin. Over all places of an image they are global poolings.
inline void read_reduction(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value value = graph.input(operation, 0);
    if (value.constant)
        return graph.add_problem(operation, "of a constant");
    const std::size_t rank = value.shape.size();
    auto axes = axes_of(graph, operation, 1, static_cast<std::int64_t>(rank));
    if (!axes)
        return;
    const bool is_nothing = axes->empty() && whole_of(operation, "noop_with_empty_axes", 0) != 0;
    if (axes->empty() && !is_nothing) {
        axes->resize(rank);
        std::iota(axes->begin(), axes->end(), std::int64_t{0});
    }
    if (graph.first_axis > 0 && !axes->empty() && axes->front() == 0)
        return graph.add_problem(operation, "over the samples");
    const bool keeps_axes = whole_of(operation, "keepdims", 1) != 0;
    std::vector<std::int64_t> image(rank > 2 ? rank - 2 : 0);
    std::iota(image.begin(), image.end(), std::int64_t{2});
    const bool is_image = !image.empty() && *axes == image && value.axes == graph.image_axes(rank);
    if (is_image && operation.type == "ReduceMean")
        return pool_globally(graph, operation, "global_average_pool", keeps_axes);
    if (is_image && operation.type == "ReduceMax")
        return pool_globally(graph, operation, "global_max_pool", keeps_axes);
    if (operation.type == "ReduceLogSumExp")
        return read_soft_maximum(graph, operation, value, *axes, keeps_axes);
    const onnx_reduction& known = *find_reduction(operation.type);
    std::optional<onnx_value> result = value;
    const auto apply_kind = [&](std::string_view kind) {
        if (result && !kind.empty())
            result = attach(graph, operation, *result, graph_node{std::string(kind), ""});
    };
    apply_kind(known.element_kind);
    if (result && !axes->empty())
        result = reduce_value(graph, operation, *result, known.kind, *axes);
    apply_kind(known.result_kind);
    if (result)
        graph.set(operation, keeps_axes ? *result : drop_axes_of_one(*result, *axes));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
