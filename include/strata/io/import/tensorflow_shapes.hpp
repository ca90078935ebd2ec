// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/tensorflow_builder.hpp>
#include <strata/io/import/tensorflow_folding.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The numbers of a shape; 0 where there are none or too many.
inline std::int64_t size_of_tensor(const tensorflow_shape& shape) {
    std::int64_t result = 1;
    for (const std::int64_t extent : shape)
        result = extent <= 0 || result > (std::int64_t{1} << 50) / extent ? 0 : result * extent;
    return result;
}

/// The numbers of a value or a constant in another shape of as many.
inline void set_reshaped(tensorflow_builder& graph, const tensorflow_node& operation,
                         const tensorflow_value& value, tensorflow_shape shape, std::size_t port = 0) {
    if (value.constant) {
        tensorflow_constant result = *value.constant;
        result.data.shape.assign(shape.begin(), shape.end());
        return graph.set(operation, std::move(result), port);
    }
    const bool is_batched = !shape.empty() && shape.front() == graph.batch;
    if (value.blocks || (!is_batched && graph.batch != 1))
        return graph.add_problem(operation, "it mixes samples");
    graph.set_shape(operation, value, std::move(shape), is_batched, port);
}

inline void read_reshape(tensorflow_builder& graph, const tensorflow_node& operation) {
    const auto given = graph.wholes(operation, 1);
    if (!given)
        return;
    const tensorflow_value value = graph.input(operation, 0);
    tensorflow_shape shape = *given;
    const std::int64_t size = size_of_tensor(value.shape);
    std::int64_t known = 1;
    for (const std::int64_t extent : shape) {
        if (extent < -1 || extent == 0)
            graph.fail(operation, "extents above 0 and one -1", std::to_string(extent));
        if (extent > 0)
            known = known > (std::int64_t{1} << 50) / extent ? std::int64_t{1} << 50 : known * extent;
    }
    if (const auto open = std::find(shape.begin(), shape.end(), -1); open != shape.end())
        *open = size / known;
    if (size == 0 || size_of_tensor(shape) != size)
        graph.fail(operation, internal::concatenate("a shape of ", std::size_t(size), " numbers"),
                   internal::concatenate("one of ", std::size_t(size_of_tensor(shape))));
    set_reshaped(graph, operation, value, std::move(shape));
}

inline void read_squeeze(tensorflow_builder& graph, const tensorflow_node& operation) {
    const tensorflow_value value = graph.input(operation, 0);
    std::vector<bool> is_named(value.rank(), false);
    tensorflow_shape named = operation.wholes("squeeze_dims");
    if (named.empty())
        named = operation.wholes("axis");
    for (const std::int64_t each : named)
        is_named[graph.axis(operation, value.rank(), each)] = true;
    tensorflow_shape shape;
    for (std::size_t axis = 0; axis < value.rank(); ++axis) {
        const bool is_one = value.shape[axis] == 1;
        if (is_named[axis] && !is_one)
            graph.fail(operation, "axes of the extent 1", std::to_string(value.shape[axis]));
        if (!is_named[axis] && !(named.empty() && is_one))
            shape.push_back(value.shape[axis]);
    }
    set_reshaped(graph, operation, value, std::move(shape));
}

inline void read_expansion(tensorflow_builder& graph, const tensorflow_node& operation) {
    const auto given = graph.wholes(operation, 1);
    if (!given)
        return;
    const tensorflow_value value = graph.input(operation, 0);
    const std::size_t axis =
        graph.axis(operation, value.rank() + 1, given->empty() ? std::int64_t{0} : given->front());
    tensorflow_shape shape = value.shape;
    shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
    set_reshaped(graph, operation, value, std::move(shape));
}

inline void read_transpose(tensorflow_builder& graph, const tensorflow_node& operation) {
    const auto order = graph.wholes(operation, 1);
    if (!order)
        return;
    const tensorflow_value value = graph.input(operation, 0);
    tensorflow_shape sorted = *order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t axis = 0; axis < std::max(sorted.size(), value.rank()); ++axis)
        if (sorted.size() != value.rank() || sorted[axis] != static_cast<std::int64_t>(axis))
            graph.fail(operation, internal::concatenate("a permutation of ", value.rank(), " axes"),
                       "another list");
    if (value.constant) {
        const tensor& given = value.constant->data;
        const extents steps = steps_of(given.shape);
        strided_view view;
        extents shape;
        for (const std::int64_t each : *order) {
            shape.push_back(given.shape[static_cast<std::size_t>(each)]);
            view.steps.push_back(static_cast<std::int64_t>(steps[static_cast<std::size_t>(each)]));
        }
        return graph.set(operation,
                         tensorflow_constant{view.read(given, std::move(shape)), value.constant->is_whole});
    }
    if (order->empty() || (value.is_batched && order->front() != 0))
        return graph.add_problem(operation, "it moves the axis of the samples");
    graph_node made{"permute", ""}; // which counts from 1, as Keras does
    std::vector<double> axes;
    for (std::size_t axis = value.is_batched ? 1 : 0; axis < order->size(); ++axis)
        axes.push_back(static_cast<double>((*order)[axis] + (value.is_batched ? 0 : 1)));
    if (std::is_sorted(axes.begin(), axes.end()))
        return graph.set(operation, value);
    made.attributes["order"] = std::move(axes);
    if (const auto number = graph.add(operation, std::move(made), {value.node}))
        graph.set_node(operation, value, *number);
}

/// Constants one behind another along an axis, of which all other extents are equal.
inline void join_constants(tensorflow_builder& graph, const tensorflow_node& operation,
                           const std::vector<tensorflow_value>& parts, std::size_t axis) {
    tensorflow_constant result{{parts.front().constant->data.shape, {}}, parts.front().constant->is_whole};
    extents& shape = result.data.shape;
    std::size_t outer = 1;
    for (std::size_t i = 0; i < axis; ++i)
        outer *= shape[i];
    shape[axis] = 0;
    for (const tensorflow_value& part : parts) {
        extents other = part.constant->data.shape;
        if (other.size() != shape.size())
            graph.fail(operation, "constants of one rank", "others");
        shape[axis] += other[axis];
        other[axis] = shape[axis];
        if (other != shape)
            graph.fail(operation, "constants of the same other extents", "others");
        constexpr std::size_t most_numbers = std::size_t{1} << 28;
        if (const auto size = size_of(shape); !size || *size > most_numbers)
            graph.fail(operation, internal::concatenate("at most ", most_numbers, " numbers"), "more");
    }
    for (std::size_t row = 0; row < outer; ++row)
        for (const tensorflow_value& part : parts) {
            const std::vector<float>& numbers = part.constant->data.numbers;
            const auto count = static_cast<std::ptrdiff_t>(numbers.size() / outer);
            const auto begin = numbers.begin() + static_cast<std::ptrdiff_t>(row) * count;
            result.data.numbers.insert(result.data.numbers.end(), begin, begin + count);
        }
    graph.set(operation, std::move(result));
}

/// Values, or constants, one behind another along an axis.
inline void join_values(tensorflow_builder& graph, const tensorflow_node& operation,
                        const std::vector<tensorflow_value>& parts, std::size_t axis) {
    const auto is_constant = [](const tensorflow_value& each) { return each.constant.has_value(); };
    if (std::all_of(parts.begin(), parts.end(), is_constant))
        return join_constants(graph, operation, parts, axis);
    if (std::any_of(parts.begin(), parts.end(), is_constant))
        return graph.add_problem(operation, "constants beside values");
    const tensorflow_value& first = parts.front();
    const auto place = graph.node_axis(operation, first, static_cast<std::int64_t>(axis));
    if (!place)
        return;
    std::vector<std::size_t> sources;
    for (const tensorflow_value& each : parts) {
        if (each.rank() != first.rank() || each.is_batched != first.is_batched)
            return graph.add_problem(operation, "values of other shapes");
        sources.push_back(each.node);
    }
    graph_node made{"concat", ""};
    made.attributes["axis"] = static_cast<double>(*place);
    if (const auto number = graph.add(operation, std::move(made), sources))
        graph.set_node(operation, first, *number);
}

/// ConcatV2, whose last input is the axis.
inline void read_concat(tensorflow_builder& graph, const tensorflow_node& operation) {
    if (operation.inputs.size() < 2)
        graph.fail(operation, "values and an axis",
                   internal::concatenate(operation.inputs.size(), " inputs"));
    const auto axis = graph.wholes(operation, operation.inputs.size() - 1);
    if (!axis)
        return;
    std::vector<tensorflow_value> parts;
    for (std::size_t i = 0; i + 1 < operation.inputs.size(); ++i)
        parts.push_back(graph.input(operation, i));
    join_values(graph, operation, parts,
                graph.axis(operation, parts.front().rank(), axis->empty() ? 0 : axis->front()));
}

/// Pack: values beside each other along a new axis.
inline void read_pack(tensorflow_builder& graph, const tensorflow_node& operation) {
    std::vector<tensorflow_value> parts;
    tensorflow_node one = operation; // each part takes the place of the one before
    std::size_t axis = 0;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        const tensorflow_value value = graph.input(operation, i);
        axis = graph.axis(operation, value.rank() + 1, operation.whole("axis", 0));
        tensorflow_shape shape = value.shape;
        shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
        set_reshaped(graph, one, value, std::move(shape));
        if (const tensorflow_value* const made = graph.find(operation.name); made->is_known)
            parts.push_back(*made);
        else
            return;
    }
    if (parts.empty())
        graph.fail(operation, "values", "none");
    if (parts.size() > 1)
        join_values(graph, operation, parts, axis);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
