// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_regrouping.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Axes of an operator: an attribute before opset 13, an input since. Counted from the last one where they
/// are below 0.
inline std::optional<std::vector<std::int64_t>> axes_of(onnx_builder& graph, const onnx_node& operation,
                                                        std::size_t index, std::int64_t rank) {
    std::vector<std::int64_t> axes = wholes_of(operation, "axes");
    if (graph.has_input(operation, index)) {
        const onnx_constant* const given = graph.constant(operation, index);
        if (given == nullptr)
            return std::nullopt;
        axes = as_wholes(*given);
    }
    for (std::int64_t& axis : axes) {
        axis += axis < 0 ? rank : 0;
        if (axis < 0 || axis >= rank)
            graph.fail(operation, internal::concatenate("axes of ", std::size_t(rank)), "another axis");
    }
    std::sort(axes.begin(), axes.end());
    axes.erase(std::unique(axes.begin(), axes.end()), axes.end());
    return axes;
}

/// A row of an image's elements. They stay where they are, and the value knows where each of them is.
inline std::optional<onnx_value> flatten(onnx_builder& graph, const onnx_node& operation,
                                         const onnx_value& value, std::int64_t samples) {
    const auto number = graph.add(operation, graph_node{"flatten", ""}, {value.node});
    if (!number)
        return std::nullopt;
    onnx_value result;
    result.node = *number;
    result.shape = {samples, static_cast<std::int64_t>(graph.node(*number).shape.front())};
    result.axes = {1};
    if (!value.places.empty() || std::is_sorted(value.axes.begin(), value.axes.end())) {
        result.places = value.places;
        result.image_shape = value.image_shape;
        result.image_axes = value.image_axes;
        return result;
    }
    result.image_shape = graph.node(value.node).shape;
    result.image_axes = value.axes;
    constexpr std::size_t most_places = std::size_t{1} << 23; // 64 MB, which a small file may ask for
    if (*size_of(graph.node(value.node).shape) > most_places) {
        graph.add_problem(operation, "an image of more numbers than a dense layer could read");
        return std::nullopt;
    }
    // ONNX counts axes in their own order, strata in that of `axes`.
    std::vector<std::size_t> steps(value.shape.size(), 0);
    std::size_t step = 1;
    for (std::size_t i = value.axes.size(); i-- > 0;) {
        steps[value.axes[i]] = step;
        step *= static_cast<std::size_t>(value.shape[value.axes[i]]);
    }
    result.places.reserve(step);
    for (std::size_t element = 0; element < step; ++element) {
        std::size_t rest = element;
        std::size_t place = 0;
        for (std::size_t axis = value.shape.size(); axis-- > graph.first_axis;) {
            const auto extent = static_cast<std::size_t>(value.shape[axis]);
            place += rest % extent * steps[axis];
            rest /= extent;
        }
        result.places.push_back(place);
    }
    return result;
}

/// A value of one wide axis without its axes of one number, which its node has; nothing for others.
inline std::optional<onnx_value> narrowed(onnx_builder& graph, const onnx_node& operation, onnx_value value) {
    std::vector<std::size_t> wide;
    std::copy_if(value.axes.begin(), value.axes.end(), std::back_inserter(wide),
                 [&](std::size_t axis) { return value.shape[axis] != 1; });
    if (wide.size() != 1 || value.axes.size() == 1 || !value.places.empty())
        return std::nullopt;
    const auto row = graph.add(operation, graph_node{"flatten", ""}, {value.node});
    if (!row)
        return std::nullopt;
    value.node = *row;
    value.axes = std::move(wide);
    return value;
}

/// A node with the numbers of another one in a shape, which is that or one before it where it may.
inline std::optional<std::size_t> add_reshape(onnx_builder& graph, const onnx_node& operation,
                                              std::size_t number, const extents& shape) {
    while (graph.node(number).shape != shape && graph.node(number).kind == "reshape")
        number = graph.node(number).sources.front();
    if (graph.node(number).shape == shape)
        return number;
    graph_node made{"reshape", ""};
    made.attributes["target"] = std::vector<double>(shape.begin(), shape.end());
    return graph.add(operation, std::move(made), {number});
}

/// The numbers of a value in another shape, of as many numbers. Nothing, and a problem, where samples would
/// be mixed.
inline std::optional<onnx_value> reshape_value(onnx_builder& graph, const onnx_node& operation,
                                               const onnx_value& value,
                                               const std::vector<std::int64_t>& shape) {
    if (graph.first_axis > 0 && (shape.empty() || shape.front() != value.shape.front())) {
        graph.add_problem(operation, "it mixes samples");
        return std::nullopt;
    }
    if (value.shape == shape)
        return value;
    if (const auto other = relabel(value, shape, graph.first_axis))
        return other;
    if (const auto merged = regroup(value, shape, graph.first_axis)) {
        extents target;
        for (const std::size_t axis : merged->axes)
            target.push_back(static_cast<std::size_t>(shape[axis]));
        onnx_value result = *merged;
        const auto number = add_reshape(graph, operation, value.node, target);
        if (!number)
            return std::nullopt;
        result.node = *number;
        return result;
    }
    // Where axes of one are in the way, the same without them.
    std::vector<std::size_t> wide;
    std::copy_if(value.axes.begin(), value.axes.end(), std::back_inserter(wide),
                 [&](std::size_t axis) { return value.shape[axis] != 1; });
    if (value.places.empty() && !wide.empty() && wide.size() < value.axes.size()) {
        onnx_value narrow = value;
        narrow.axes = wide;
        if (const auto other = relabel(narrow, shape, graph.first_axis))
            if (const auto same = graph.arrange(operation, value, wide)) {
                onnx_value result = *other;
                result.node = same->node;
                return result;
            }
    }
    if (const auto narrow = narrowed(graph, operation, value))
        if (const auto other = relabel(*narrow, shape, graph.first_axis))
            return other;
    if (shape.size() == 2 && (graph.first_axis > 0 || shape[0] == 1))
        return flatten(graph, operation, value, shape[0]);
    const auto plain = graph.arrange(operation, value, graph.plain_axes(value.shape));
    if (!plain)
        return std::nullopt;
    onnx_value result;
    result.shape = shape;
    result.axes = graph.plain_axes(shape);
    extents target;
    for (const std::size_t axis : result.axes)
        target.push_back(static_cast<std::size_t>(shape[axis]));
    const auto number = add_reshape(graph, operation, plain->node, target.empty() ? extents{1} : target);
    if (!number)
        return std::nullopt;
    result.node = *number;
    return result;
}

/// The first input of a node in another shape.
inline void reshape(onnx_builder& graph, const onnx_node& operation, const std::vector<std::int64_t>& shape) {
    const onnx_value& value = graph.input(operation, 0);
    if (value.constant) {
        onnx_value result = value;
        result.shape = result.constant->shape = shape;
        return graph.set(operation, std::move(result));
    }
    if (auto result = reshape_value(graph, operation, value, shape))
        graph.set(operation, std::move(*result));
}

/// The order of axes that a Transpose of `rank` axes has: the last one first where it says none. An error
/// where it is no permutation of them.
inline std::vector<std::int64_t> permutation(onnx_builder& graph, const onnx_node& operation,
                                             std::size_t rank) {
    std::vector<std::int64_t> order = wholes_of(operation, "perm");
    if (order.empty())
        for (std::size_t axis = rank; axis-- > 0;)
            order.push_back(static_cast<std::int64_t>(axis));
    std::vector<std::int64_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t axis = 0; axis < sorted.size(); ++axis)
        if (sorted.size() != rank || sorted[axis] != static_cast<std::int64_t>(axis))
            graph.fail(operation, "a permutation of its axes", "another list");
    return order;
}

inline std::int64_t size_of_shape(const std::vector<std::int64_t>& shape) {
    std::int64_t result = 1;
    for (const std::int64_t extent : shape)
        result = extent <= 0 || result > (std::int64_t{1} << 50) / extent ? 0 : result * extent;
    return result;
}

inline std::vector<std::int64_t> shape_of_input(const onnx_value& value) {
    return value.constant ? value.constant->shape : value.shape;
}

/// The extents that Reshape asks for. Nothing, and a problem, where they are no constant.
inline std::optional<std::vector<std::int64_t>> target_shape(onnx_builder& graph, const onnx_node& operation,
                                                             const std::vector<std::int64_t>& old) {
    std::vector<std::int64_t> shape = wholes_of(operation, "shape");
    if (graph.has_input(operation, 1)) {
        const onnx_constant* const given = graph.constant(operation, 1);
        if (given == nullptr)
            return std::nullopt;
        shape = as_wholes(*given);
    }
    const std::int64_t size = size_of_shape(old);
    std::int64_t known = 1;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (shape[i] == 0 && i < old.size() && whole_of(operation, "allowzero", 0) == 0)
            shape[i] = old[i];
        if (shape[i] < -1 || shape[i] == 0 || shape[i] > (std::int64_t{1} << 40))
            graph.fail(operation, "extents above 0 and one -1", "others");
        if (shape[i] > 0) // a product that is too large stays so
            known = known > (std::int64_t{1} << 50) / shape[i] ? std::int64_t{1} << 50 : known * shape[i];
    }
    const auto open = std::find(shape.begin(), shape.end(), -1);
    if (open != shape.end())
        *open = known > 0 ? size / known : 0;
    if (size_of_shape(shape) != size || size == 0)
        graph.fail(operation, internal::concatenate("a shape of ", std::size_t(size), " numbers"),
                   "another one");
    return shape;
}

/// A value without an axis of the extent 1, which is not that of its samples.
inline std::optional<onnx_value> drop_axis(onnx_builder& graph, const onnx_node& operation,
                                           const onnx_value& value, std::size_t dropped) {
    std::vector<std::size_t> kept;
    std::copy_if(value.axes.begin(), value.axes.end(), std::back_inserter(kept),
                 [&](std::size_t axis) { return axis != dropped; });
    auto result = graph.arrange(operation, value, kept);
    if (!result)
        return std::nullopt;
    for (std::size_t& axis : result->axes)
        axis -= axis > dropped ? 1 : 0;
    result->samples -= result->samples > dropped ? 1 : 0;
    result->shape.erase(result->shape.begin() + static_cast<std::ptrdiff_t>(dropped));
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
