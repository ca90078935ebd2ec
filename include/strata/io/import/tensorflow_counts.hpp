// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/sample_count.hpp>
#include <strata/io/import/tensorflow_builder.hpp>
#include <strata/io/import/tensorflow_folding.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

// Numbers that depend on how many samples there are, as the first extent of a shape. They may become extents
// of the samples' axis again, and nothing else: what computes with them computes with a stand-in.

inline bool is_any_operation(const tensorflow_node& operation,
                             std::initializer_list<std::string_view> operations) {
    return std::find(operations.begin(), operations.end(), operation.operation) != operations.end();
}

/// Whether the numbers of an input become those of what an operation of constants gives.
inline bool hands_on(const tensorflow_node& operation, std::size_t index) {
    if (is_any_operation(operation, {"ConcatV2"}))
        return index + 1 < operation.inputs.size();
    if (is_any_operation(operation, {"Split", "Fill"}))
        return index == 1;
    if (is_any_operation(operation, {"Pack", "Range"}) || pair_function(operation.operation) != nullptr)
        return true;
    return index == 0 &&
           (single_function(operation.operation) != nullptr ||
            is_any_operation(operation, {"Cast", "CheckNumerics", "ExpandDims", "GatherV2", "Identity",
                                         "Reshape", "Slice", "Snapshot", "SplitV", "Squeeze", "StopGradient",
                                         "StridedSlice", "Transpose", "Unpack"}));
}

/// Whether bounds of a slice depend on the samples along the samples' axis alone.
inline bool bounds_samples(const tensorflow_value& value, const tensorflow_constant& bounds) {
    return value.rank() > 0 && counts_samples(value.shape.front()) &&
           std::find(bounds.counts.begin() + 1, bounds.counts.end(), true) == bounds.counts.end();
}

inline bool reads_constants(const tensorflow_builder& graph, const tensorflow_node& operation) {
    for (std::size_t i = 0; i < operation.inputs.size(); ++i)
        if (!graph.input(operation, i).constant)
            return false;
    return true;
}

/// A problem, and true, where an operation that reads such numbers is more than shapes of samples.
inline bool refuse_counts(tensorflow_builder& graph, const tensorflow_node& operation) {
    if (is_any_operation(operation, {"Shape", "Rank"}))
        return false;
    const bool is_folded = reads_constants(graph, operation);
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        const tensorflow_value& value = graph.input(operation, i);
        if (!value.constant || !has_counts(*value.constant))
            continue;
        const bool is_reshape = is_any_operation(operation, {"Reshape"});
        const bool asks_extents = (i == 1 && is_reshape) || (i == 0 && is_any_operation(operation, {"Fill"}));
        const bool bounds_axis = (i == 1 || i == 2) && is_any_operation(operation, {"Slice", "StridedSlice"});
        const bool chooses = is_folded && i == 1 && is_any_operation(operation, {"GatherV2"});
        if (!(is_folded && hands_on(operation, i)) && !chooses &&
            !(asks_extents && fits_samples(as_wholes(*value.constant), value.constant->counts, is_reshape)) &&
            !(bounds_axis && bounds_samples(graph.input(operation, 0), *value.constant))) {
            graph.add_problem(operation, internal::concatenate("its input ", i, " ", count_hint));
            return true;
        }
    }
    return false;
}

/// Whether a constant for each sample stays whole, or that of one is chosen: so many others there may not be.
inline bool keeps_samples(const tensorflow_node& operation,
                          const std::vector<const tensorflow_constant*>& read,
                          const tensorflow_constant& made) {
    const auto size = [](const tensorflow_constant& each) {
        return static_cast<std::int64_t>(each.data.numbers.size());
    };
    const bool has_count = std::any_of(read.begin(), read.end(), [&](const auto* each) {
        return counts_samples(size(*each)) || (operation.operation == "Range" && has_counts(*each));
    });
    if (!has_count || !is_any_operation(operation, {"Range", "Slice", "StridedSlice", "Split", "SplitV",
                                                    "ConcatV2", "Pack"}))
        return true;
    const bool is_joined = is_any_operation(operation, {"ConcatV2"}) && read.size() > 2;
    return !is_joined && (counts_samples(size(made)) || size(made) == 1);
}

/// The numbers of a result that depend on the samples are what the operation makes of those that it reads,
/// which are 1 where they do, and 0 elsewhere: moved as they are, and the larger of two that it combines.
/// `read` reads an operation.
template <class Read>
void mark_counts(tensorflow_builder& graph, const tensorflow_node& operation, const Read& read) {
    const auto result_of = [](const tensorflow_node& made, std::size_t port) {
        return port == 0 ? made.name : internal::concatenate(made.name, ":", port);
    };
    if (operation.inputs.empty() || is_any_operation(operation, {"Shape", "Rank"}) ||
        !reads_constants(graph, operation))
        return;
    std::vector<const tensorflow_constant*> operands;
    bool has_any = false;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i) {
        operands.push_back(&*graph.input(operation, i).constant);
        has_any = has_any || (hands_on(operation, i) && has_counts(*operands.back()));
    }
    const bool chooses = is_any_operation(operation, {"GatherV2"}) && has_counts(*operands[1]);
    const bool has_all = chooses || (has_any && is_any_operation(operation, {"Fill", "Range"}));
    tensorflow_node image = operation;
    image.name += " counts";
    if (pair_function(operation.operation) != nullptr)
        image.operation = "Maximum";
    else if (single_function(operation.operation) != nullptr || is_any_operation(operation, {"Cast"}))
        image.operation = "Identity";
    if (has_any && !has_all) {
        for (std::size_t i = 0; i < operation.inputs.size(); ++i)
            if (hands_on(operation, i)) {
                tensorflow_constant marks = *operands[i];
                marks.counts.resize(marks.data.numbers.size());
                marks.data.numbers.assign(marks.counts.begin(), marks.counts.end());
                marks.counts.clear();
                image.inputs[i] += " counts";
                graph.set({image.inputs[i], "Const", {}, {}, {}}, std::move(marks));
            }
        read(graph, image);
    }
    for (std::size_t port = 0; const tensorflow_value* const made = graph.find(result_of(operation, port));
         ++port) {
        if (!made->constant)
            return;
        if (!keeps_samples(operation, operands, *made->constant))
            return graph.add_problem(operation, internal::concatenate("its shape ", count_hint));
        tensorflow_constant result = *made->constant;
        result.counts.clear();
        if (const tensorflow_value* const marks = graph.find(result_of(image, port)); has_all)
            result.counts.assign(result.data.numbers.size(), true);
        else if (has_any && marks != nullptr && marks->constant)
            result.counts.assign(marks->constant->data.numbers.begin(), marks->constant->data.numbers.end());
        else if (!has_any)
            return;
        graph.set(operation, std::move(result), port);
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
