// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/direction_pairs.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_broadcasting.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant_places.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The one part of a concatenation along an axis of its node that some places are all in, and how many there
/// are before it. Nothing for other nodes.
inline std::optional<std::pair<std::size_t, std::size_t>>
find_part(onnx_builder& graph, std::size_t number, std::size_t axis, std::size_t begin, std::size_t end) {
    const graph_node& node = graph.node(number);
    if (node.kind != "concat" || node.number("axis", -1) != static_cast<double>(axis))
        return std::nullopt;
    std::size_t first = 0;
    for (const std::size_t source : node.sources) {
        const std::size_t extent = graph.node(source).shape[axis];
        if (begin >= first && end <= first + extent)
            return std::pair(source, first);
        first += extent;
    }
    return std::nullopt;
}

/// Every `step`-th place of an axis of ONNX from `begin` to before `end`.
inline std::optional<onnx_value> slice_value(onnx_builder& graph, const onnx_node& operation,
                                             const onnx_value& value, std::size_t axis, std::size_t begin,
                                             std::size_t end, std::size_t step) {
    const auto extent = static_cast<std::size_t>(value.shape[axis]);
    if (begin == 0 && end == extent && step == 1)
        return value;
    const auto place = std::find(value.axes.begin(), value.axes.end(), axis);
    if (begin >= end || place == value.axes.end()) {
        graph.add_problem(operation,
                          place == value.axes.end() && begin < end ? "of samples" : "of no places");
        return std::nullopt;
    }
    onnx_value result = value;
    const auto number = static_cast<std::size_t>(place - value.axes.begin());
    if (const auto part = find_part(graph, value.node, number, begin, end)) {
        result.node = part->first;
        begin -= part->second;
        end -= part->second;
    }
    graph_node made{"slice", ""};
    made.attributes = {{"axis", static_cast<double>(number)},
                       {"begin", static_cast<double>(begin)},
                       {"end", static_cast<double>(end)},
                       {"step", static_cast<double>(step)}};
    if (begin == 0 && end == graph.node(result.node).shape[number] && step == 1) {
        result.shape[axis] = static_cast<std::int64_t>(end);
        return result;
    }
    result.shape[axis] = static_cast<std::int64_t>((end - begin + step - 1) / step);
    return attach(graph, operation, std::move(result), std::move(made));
}

/// Some places of an axis in any order, each stretch of them as a slice.
inline std::optional<onnx_value> choose_value_places(onnx_builder& graph, const onnx_node& operation,
                                                     const onnx_value& value, std::size_t axis,
                                                     const std::vector<std::size_t>& places) {
    constexpr std::size_t most_slices = 64;
    std::vector<onnx_value> parts;
    for (std::size_t begin = 0; begin < places.size();) {
        std::size_t end = begin + 1;
        const std::size_t step =
            end < places.size() && places[end] > places[begin] ? places[end] - places[begin] : 1;
        while (end < places.size() && places[end] == places[end - 1] + step)
            ++end;
        const auto part =
            slice_value(graph, operation, value, axis, places[begin], places[end - 1] + 1, step);
        if (!part)
            return std::nullopt;
        parts.push_back(*part);
        begin = end;
    }
    if (parts.empty() || parts.size() > most_slices) {
        graph.add_problem(operation, "of no places, or of many in no order");
        return std::nullopt;
    }
    if (parts.size() == 1)
        return parts.front();
    graph_node made{"concat", ""};
    made.attributes["axis"] =
        static_cast<double>(std::find(value.axes.begin(), value.axes.end(), axis) - value.axes.begin());
    std::vector<std::size_t> sources;
    for (const onnx_value& part : parts)
        sources.push_back(part.node);
    const auto number = graph.add(operation, std::move(made), sources);
    if (!number)
        return std::nullopt;
    onnx_value result = value;
    result.node = *number;
    result.shape[axis] = static_cast<std::int64_t>(places.size());
    return result;
}

/// All places of an axis, the last one first: of the steps of a recurrent layer that reads them backwards and
/// has its results where the steps are, which then has them as it computes them. A problem for others.
inline std::optional<onnx_value> reverse_value(onnx_builder& graph, const onnx_node& operation,
                                               const onnx_value& value, std::size_t axis,
                                               const std::vector<std::size_t>& places) {
    graph_node made = graph.node(value.node);
    const bool is_whole = places.size() == static_cast<std::size_t>(value.shape[axis]) &&
                          places.back() == 0 && places.front() + 1 == places.size();
    if (!is_whole || made.hint != reverse_results || value.axes.empty() || value.axes.front() != axis) {
        graph.add_problem(operation, "backwards");
        return std::nullopt;
    }
    made.hint.clear();
    const std::vector<std::size_t> sources = made.sources;
    onnx_value result = value;
    const auto number = graph.add(operation, std::move(made), sources);
    result.node = number.value_or(0);
    return number ? std::optional(result) : std::nullopt;
}

/// Slice, whose numbers are attributes before opset 10 and inputs since.
inline void read_slice(onnx_builder& graph, const onnx_node& operation) {
    std::vector<std::int64_t> numbers[4] = {
        wholes_of(operation, "starts"), wholes_of(operation, "ends"), wholes_of(operation, "axes"), {}};
    for (std::size_t i = 1; i < 5; ++i)
        if (graph.has_input(operation, i)) {
            const onnx_constant* const given = graph.constant(operation, i);
            if (given == nullptr)
                return;
            numbers[i - 1] = as_wholes(*given);
        }
    auto& [begins, ends, axes, steps] = numbers;
    if (axes.empty()) {
        axes.resize(begins.size());
        std::iota(axes.begin(), axes.end(), std::int64_t{0});
    }
    steps.resize(begins.size(), 1);
    auto value = graph.straighten(operation, graph.input(operation, 0));
    for (std::size_t i = 0; value && i < begins.size(); ++i) {
        const auto axis = i < axes.size() && i < ends.size()
                              ? counted_place(axes[i], static_cast<std::int64_t>(value->shape.size()))
                              : std::nullopt;
        if (!axis || steps[i] == 0)
            graph.fail(operation, "as many axes, begins and ends, and steps other than 0", "others");
        const std::vector<std::size_t> places =
            sliced_places(value->shape[*axis], begins[i], ends[i], steps[i]);
        if (places.empty())
            return graph.add_problem(operation, "of no places");
        value = steps[i] < 0 ? reverse_value(graph, operation, *value, *axis, places)
                             : slice_value(graph, operation, *value, *axis, places.front(), places.back() + 1,
                                           static_cast<std::size_t>(steps[i]));
    }
    if (value)
        graph.set(operation, *value);
}

/// Gather of a constant's rows: a row of a table for each token.
inline void read_embedding(onnx_builder& graph, const onnx_node& operation) {
    const onnx_constant& table = *graph.input(operation, 0).constant;
    const onnx_value& tokens = graph.input(operation, 1);
    if (table.shape.size() != 2 || whole_of(operation, "axis", 0) != 0 ||
        graph.node(tokens.node).kind != "input" || tokens.axes != graph.plain_axes(tokens.shape))
        return graph.add_problem(operation,
                                 "of a constant other than rows of a table for tokens of an input");
    graph_node made{"embedding", ""};
    made.attributes = {{"vocabulary", static_cast<double>(table.shape[0])},
                       {"width", static_cast<double>(table.shape[1])},
                       {"mask_zero", 0.0}};
    made.weights.emplace_back("embeddings", as_weight(table));
    onnx_value result = tokens;
    result.axes.push_back(result.shape.size());
    result.shape.push_back(table.shape[1]);
    if (const auto value = attach(graph, operation, std::move(result), std::move(made)))
        graph.set(operation, *value);
}

/// Gather: places of an axis.
inline void read_gather(onnx_builder& graph, const onnx_node& operation) {
    if (graph.input(operation, 0).constant)
        return read_embedding(graph, operation);
    const onnx_constant* const chosen = graph.constant(operation, 1);
    if (chosen == nullptr)
        return;
    auto value = graph.straighten(operation, graph.input(operation, 0));
    if (!value)
        return;
    const auto axis =
        counted_place(whole_of(operation, "axis", 0), static_cast<std::int64_t>(value->shape.size()));
    if (!axis)
        graph.fail(operation, "an axis that its input has", "another");
    std::vector<std::size_t> places;
    for (const std::int64_t each : as_wholes(*chosen)) {
        const auto place = counted_place(each, value->shape[*axis]);
        if (!place)
            graph.fail(operation,
                       internal::concatenate("places along an axis of ", std::size_t(value->shape[*axis])),
                       "others");
        places.push_back(*place);
    }
    const std::vector<std::int64_t> chosen_shape = chosen->shape;
    value = choose_value_places(graph, operation, *value, *axis, places);
    if (!value)
        return;
    if (chosen_shape.size() > 1 && value->samples != 0)
        return graph.add_problem(operation, "of places in several axes, of samples along another axis");
    if (chosen_shape.empty() && value->samples != 0 && *axis == value->samples)
        return graph.add_problem(operation, "it leaves out the axis of the samples");
    if (chosen_shape.empty() && value->samples != 0) {
        if (const auto result = drop_axis(graph, operation, *value, *axis))
            graph.set(operation, *result);
        return;
    }
    std::vector<std::int64_t> shape = value->shape;
    shape.insert(shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(*axis)), chosen_shape.begin(),
                 chosen_shape.end());
    if (const auto result = reshape_value(graph, operation, *value, shape))
        graph.set(operation, *result);
}

/// Split into values beside each other along an axis.
inline void read_split(onnx_builder& graph, const onnx_node& operation) {
    const auto value = graph.straighten(operation, graph.input(operation, 0));
    if (!value)
        return;
    const auto axis =
        counted_place(whole_of(operation, "axis", 0), static_cast<std::int64_t>(value->shape.size()));
    if (!axis)
        graph.fail(operation, "an axis that its input has", "another");
    std::vector<std::int64_t> sizes = wholes_of(operation, "split");
    if (graph.has_input(operation, 1)) {
        const onnx_constant* const given = graph.constant(operation, 1);
        if (given == nullptr)
            return;
        sizes = as_wholes(*given);
    }
    const std::int64_t extent = value->shape[*axis];
    const auto count = static_cast<std::int64_t>(operation.outputs.size());
    if (sizes.empty() && count > 0)
        for (std::int64_t i = 0, length = (extent + count - 1) / count; i < count; ++i)
            sizes.push_back(std::min(length, extent - i * length));
    std::int64_t sum = 0;
    for (const std::int64_t size : sizes) {
        if (size <= 0 || size > extent - sum)
            return graph.add_problem(operation, "into parts of no places, or of more than there are");
        sum += size;
    }
    if (sizes.size() != operation.outputs.size() || sum != extent)
        graph.fail(operation, "sizes of its outputs that are the extent together", "others");
    std::size_t begin = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const std::size_t end = begin + static_cast<std::size_t>(sizes[i]);
        const auto part = slice_value(graph, operation, *value, *axis, begin, end, 1);
        if (!part)
            return;
        graph.set(operation, *part, i);
        begin = end;
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
