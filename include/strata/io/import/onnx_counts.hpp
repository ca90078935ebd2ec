// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/onnx_attributes.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant_arithmetic.hpp>
#include <strata/io/import/onnx_constant_places.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/io/import/sample_count.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

// Numbers that depend on how many samples there are, as the first extent of a shape. They may become extents
// of the samples' axis again, and nothing else: what computes with them computes with a stand-in.

inline bool has_counted_axis(const onnx_constant& constant) {
    return std::any_of(constant.shape.begin(), constant.shape.end(), counts_samples);
}

/// Whether bounds of a Slice depend on the samples along their own axis alone.
inline bool bounds_samples(onnx_builder& graph, const onnx_node& operation, const onnx_constant& bounds) {
    const std::vector<std::int64_t> shape = shape_of_input(graph.input(operation, 0));
    std::vector<std::int64_t> axes;
    if (graph.has_input(operation, 3) && graph.input(operation, 3).constant)
        axes = as_wholes(*graph.input(operation, 3).constant);
    for (std::size_t i = 0; i < bounds.counts.size(); ++i) {
        const auto axis = counted_place(axes.empty()      ? static_cast<std::int64_t>(i)
                                        : i < axes.size() ? axes[i]
                                                          : -1,
                                        static_cast<std::int64_t>(shape.size()));
        if (bounds.counts[i] && (!axis || !counts_samples(shape[*axis])))
            return false;
    }
    return true;
}

/// Whether all that an operator reads is known before the network runs.
inline bool reads_constants(const onnx_builder& graph, const onnx_node& operation) {
    for (std::size_t i = 0; i < operation.inputs.size(); ++i)
        if (graph.has_input(operation, i) && !graph.input(operation, i).constant)
            return false;
    return true;
}

/// Whether an operator computes numbers from those of this input, or hands them on.
inline bool hands_on(const onnx_node& operation, std::size_t index) {
    if (index == 0 && (is_any_operator(operation, {"Cast", "Dropout", "Expand", "Flatten", "Reshape", "Slice",
                                                   "Squeeze", "Tile", "Transpose", "Unsqueeze"}) ||
                       operation.type.starts_with("Reduce")))
        return true;
    return find_unary_function(operation.type) != nullptr ||
           find_binary_function(operation.type) != nullptr ||
           is_any_operator(operation, {"Concat", "Gather", "Range", "Where"});
}

/// A problem, and true, where an operator that reads such numbers is more than shapes of samples.
inline bool refuse_counts(onnx_builder& graph, const onnx_node& operation) {
    const auto is = [&](std::string_view type) { return operation.type == type; };
    if (is("Shape") || is("Size"))
        return false;
    const bool is_folded = reads_constants(graph, operation);
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        if (!graph.has_input(operation, i) || !graph.input(operation, i).constant)
            continue;
        const onnx_constant& constant = *graph.input(operation, i).constant;
        const bool asks_extents = (i == 1 && (is("Reshape") || is("Expand") || (is_folded && is("Tile")))) ||
                                  (i == 3 && is("Resize")) || (i == 0 && is("ConstantOfShape"));
        const bool bounds_axis = (i == 1 || i == 2) && is("Slice");
        if (has_counts(constant) && !(is_folded && hands_on(operation, i)) &&
            !(asks_extents && fits_samples(as_wholes(constant), constant.counts, is("Reshape"))) &&
            !(bounds_axis && bounds_samples(graph, operation, constant))) {
            graph.add_problem(operation, internal::concatenate("its input ", i, " ", count_hint));
            return true;
        }
    }
    return false;
}

/// Whether axes of samples stay whole, or one sample is chosen: so many others there may not be.
inline bool keeps_samples(const onnx_node& operation, const std::vector<const onnx_constant*>& read,
                          const onnx_constant& made) {
    const std::vector<std::int64_t>& shape = read.front()->shape;
    if (operation.type == "Range")
        return !std::any_of(read.begin(), read.end(), [](const auto* each) { return has_counts(*each); }) ||
               counts_samples(made.shape.front());
    if (operation.type == "Slice")
        for (std::size_t axis = 0; axis < shape.size(); ++axis)
            if (counts_samples(shape[axis]) && made.shape[axis] != shape[axis] && made.shape[axis] != 1)
                return false;
    if (operation.type == "Concat")
        if (const auto axis =
                counted_place(whole_of(operation, "axis", 0), static_cast<std::int64_t>(shape.size())))
            return std::none_of(read.begin(), read.end(),
                                [&](const auto* each) { return counts_samples(each->shape[*axis]); });
    return true;
}

/// The numbers of a result that depend on the samples are what the operator makes of those of its operands,
/// which are 1 where they do, and 0 elsewhere: moved as they are, and the largest of those that it combines.
/// `read` reads an operator.
template <class Read>
void mark_counts(onnx_builder& graph, const onnx_node& operation, const Read& read) {
    if (operation.type == "Shape" || operation.type == "Size" || operation.inputs.empty() ||
        !reads_constants(graph, operation))
        return;
    const std::string& output = operation.outputs.front();
    const onnx_value& result = graph.values[output];
    std::vector<const onnx_constant*> operands;
    bool has_any = false; // among those whose numbers become the result's
    bool has_axis = false;
    const auto is_handed = [&](std::size_t i) {
        return graph.has_input(operation, i) && hands_on(operation, i) &&
               !(operation.type == "Gather" && i == 1);
    };
    for (std::size_t i = 0; i < operation.inputs.size(); ++i)
        if (graph.has_input(operation, i)) {
            operands.push_back(&*graph.input(operation, i).constant);
            has_any = has_any || (is_handed(i) && has_counts(*operands.back()));
            has_axis = has_axis || has_counted_axis(*operands.back());
        }
    if (operands.empty() || !result.constant || !result.is_known)
        return;
    if (!keeps_samples(operation, operands, *result.constant))
        return graph.add_problem(operation, internal::concatenate("its shape ", count_hint));
    const bool reduces = operation.type.starts_with("Reduce");
    const bool chooses = operation.type == "Gather" && has_counts(*operands.back());
    if ((reduces && has_axis) || chooses || (has_any && operation.type == "Range")) {
        graph.values[output].constant->counts.assign(result.constant->numbers.size(), true);
        return;
    }
    if (!has_any)
        return;
    const bool is_combined = find_binary_function(operation.type) != nullptr || operation.type == "Where";
    onnx_node image = operation;
    image.outputs = {output + " counts"};
    if (is_combined || reduces)
        image.type = reduces ? "ReduceMax" : "Max";
    else if (find_unary_function(operation.type) != nullptr || operation.type == "Cast")
        image.type = "Identity";
    for (std::size_t i = 0; i < operation.inputs.size(); ++i)
        if (is_handed(i)) {
            onnx_constant marks = *graph.input(operation, i).constant;
            marks.counts.resize(marks.numbers.size());
            marks.numbers.assign(marks.counts.begin(), marks.counts.end());
            marks.counts.clear();
            image.inputs[i] += " counts";
            graph.set_constant({{}, {image.inputs[i]}, operation.name, "Constant", "", {}}, std::move(marks));
        }
    read(graph, image);
    const onnx_value marks = graph.values[image.outputs.front()];
    for (std::size_t i = 0; i < image.inputs.size(); ++i)
        if (i < operation.inputs.size() && image.inputs[i] != operation.inputs[i])
            graph.values.erase(image.inputs[i]);
    graph.values.erase(image.outputs.front());
    if (marks.constant)
        graph.values[output].constant->counts.assign(marks.constant->numbers.begin(),
                                                     marks.constant->numbers.end());
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
