// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_broadcasting.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Expand: repeated along axes of the extent 1.
inline void read_expansion(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value& value = graph.input(operation, 0);
    const onnx_constant* const given = graph.constant(operation, 1);
    if (given == nullptr)
        return;
    const auto shape = joint_shape(value.shape, as_wholes(*given));
    if (!shape || size_of_shape(*shape) == 0)
        graph.fail(operation, "a shape that fits its input", "another");
    const auto lifted = lift_rank(graph, operation, value, shape->size());
    if (!lifted)
        return;
    if (const auto result =
            broadcast(graph, operation, *lifted, *shape, joint_axes(graph, {*lifted}, *shape)))
        graph.set(operation, *result);
}

/// Tile: all again along each axis. A vector that all steps get, [samples, 1, n], is `repeat_vector`.
inline void read_tiles(onnx_builder& graph, const onnx_node& operation) {
    std::optional<onnx_value> value = graph.input(operation, 0);
    const onnx_constant* const given = graph.constant(operation, 1);
    if (given == nullptr)
        return;
    const std::vector<std::int64_t> times = as_wholes(*given);
    // A vector, [samples, 1, n], so many times.
    constexpr std::int64_t most_times = std::int64_t{1} << 20;
    if (graph.first_axis == 1 && value->samples == 0 && value->shape.size() == 3 && value->shape[1] == 1 &&
        times.size() == 3 && times[0] == 1 && times[1] > 1 && times[1] <= most_times && times[2] == 1) {
        value = graph.arrange(operation, *value, {2});
        if (value)
            value = attach(graph, operation, *value,
                           {"repeat_vector", "", {{"times", static_cast<double>(times[1])}}});
        if (value) {
            value->shape[1] = times[1];
            value->axes = {1, 2};
            graph.set(operation, *value);
        }
        return;
    }
    for (std::size_t axis = 0; value && axis < times.size(); ++axis) {
        if (times.size() != value->shape.size() || times[axis] < 1 || times[axis] > most_times)
            graph.fail(operation, "a number of copies for each axis", "others");
        if (times[axis] == 1)
            continue;
        // [n] as [1, n], repeated, is [times, n].
        std::vector<std::int64_t> narrow = value->shape;
        narrow.insert(narrow.begin() + static_cast<std::ptrdiff_t>(axis), 1);
        std::vector<std::int64_t> wide = narrow;
        wide[axis] = times[axis];
        std::vector<std::int64_t> joined = value->shape;
        joined[axis] *= times[axis];
        value = reshape_value(graph, operation, *value, narrow);
        if (value)
            value = broadcast(graph, operation, *value, wide, graph.plain_axes(wide));
        if (value)
            value = reshape_value(graph, operation, *value, joined);
    }
    if (value)
        graph.set(operation, *value);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
