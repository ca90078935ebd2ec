// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/tensorflow_builder.hpp>
#include <strata/io/import/tensorflow_combinations.hpp>
#include <strata/io/import/tensorflow_counts.hpp>
#include <strata/io/import/tensorflow_elements.hpp>
#include <strata/io/import/tensorflow_folding.hpp>
#include <strata/io/import/tensorflow_images.hpp>
#include <strata/io/import/tensorflow_shapes.hpp>
#include <strata/io/import/tensorflow_slices.hpp>
#include <strata/io/import/tensorflow_windows.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::imports {

inline void pass_on(tensorflow_builder& graph, const tensorflow_node& operation) {
    graph.set(operation, graph.input(operation, 0));
}

/// Whole numbers as reals, or as more of them, are the same numbers here; others are rounded or wrapped,
/// which no layer does.
inline void read_cast(tensorflow_builder& graph, const tensorflow_node& operation) {
    const std::string given = operation.text("SrcT", "DT_FLOAT");
    const std::string made = operation.text("DstT", "DT_FLOAT");
    const bool is_large = made == "DT_INT32" || made == "DT_INT64";
    if (is_whole_type(made) && given != made && given != "DT_BOOL" && !(is_whole_type(given) && is_large))
        return graph.add_problem(operation, "it rounds");
    pass_on(graph, operation);
}

/// Whether an operation rounds what it computes of whole numbers.
inline bool rounds_wholes(const tensorflow_node& operation) {
    return is_whole_type(operation.text("T", "DT_FLOAT")) &&
           is_any_operation(operation, {"Mean", "Pow", "RealDiv"});
}

/// Places of the largest numbers and of others, which are no numbers that a network computes with.
inline void read_choice(tensorflow_builder& graph, const tensorflow_node& operation) {
    graph.add_problem(operation, "places, which are chosen when the network runs");
}

/// Whether an operation may stand between SpaceToBatchND and BatchToSpaceND: what computes a convolution
/// there, and each number by itself, which is the same at any place.
inline bool fits_between_blocks(const tensorflow_node& operation) {
    constexpr std::string_view fitting[] = {"Conv2D",
                                            "_FusedConv2D",
                                            "FusedConv2D",
                                            "DepthwiseConv2dNative",
                                            "DepthwiseConv2d",
                                            "BiasAdd",
                                            "Add",
                                            "AddV2",
                                            "Sub",
                                            "Mul",
                                            "Relu",
                                            "Relu6",
                                            "BatchToSpaceND",
                                            "FusedBatchNormV3",
                                            "FusedDepthwiseConv2dNative",
                                            "Elu",
                                            "LeakyRelu",
                                            "Prelu",
                                            "Identity",
                                            "_FusedDepthwiseConv2dNative"};
    return std::find(std::begin(fitting), std::end(fitting), operation.operation) != std::end(fitting);
}

/// What is known of TensorFlow's operations.
inline void read_operation(tensorflow_builder& graph, const tensorflow_node& operation) {
    using reader = void (*)(tensorflow_builder&, const tensorflow_node&);
    static const std::map<std::string, reader, std::less<>> readers = {
        {"Conv2D", read_convolution},
        {"_FusedConv2D", read_convolution},
        {"FusedConv2D", read_convolution},
        {"DepthwiseConv2dNative", read_convolution},
        {"DepthwiseConv2d", read_convolution},
        {"FusedDepthwiseConv2dNative", read_convolution},
        {"_FusedDepthwiseConv2dNative", read_convolution},
        {"Conv2DBackpropInput", read_transposed},
        {"MaxPool", read_pooling},
        {"AvgPool", read_pooling},
        {"SpaceToBatchND", read_blocks},
        {"BatchToSpaceND", read_unblocking},
        {"MatMul", read_product},
        {"_FusedMatMul", read_product},
        {"BatchMatMul", read_product},
        {"BatchMatMulV2", read_product},
        {"FusedBatchNorm", read_batch_norm},
        {"FusedBatchNormV2", read_batch_norm},
        {"FusedBatchNormV3", read_batch_norm},
        {"Softmax", read_softmax},
        {"LogSoftmax", read_softmax},
        {"Add", read_combination},
        {"AddV2", read_combination},
        {"AddN", read_combination},
        {"BiasAdd", read_combination},
        {"Sub", read_combination},
        {"Mul", read_combination},
        {"RealDiv", read_combination},
        {"Maximum", read_combination},
        {"Minimum", read_combination},
        {"Pow", read_power},
        {"Neg", read_negation},
        {"SquaredDifference", read_squared_difference},
        {"Mean", read_reduction},
        {"Max", read_reduction},
        {"Min", read_reduction},
        {"Sum", read_reduction},
        {"Pad", read_padding},
        {"PadV2", read_padding},
        {"MirrorPad", read_padding},
        {"ResizeBilinear", read_resizing},
        {"ResizeNearestNeighbor", read_resizing},
        {"Reshape", read_reshape},
        {"Squeeze", read_squeeze},
        {"ExpandDims", read_expansion},
        {"Transpose", read_transpose},
        {"ConcatV2", read_concat},
        {"Pack", read_pack},
        {"StridedSlice", read_strided_slice},
        {"Slice", read_slice},
        {"Split", read_split},
        {"SplitV", read_split},
        {"Unpack", read_unpack},
        {"GatherV2", read_gather},
        {"Cast", read_cast},
        {"Identity", pass_on},
        {"StopGradient", pass_on},
        {"Snapshot", pass_on},
        {"CheckNumerics", pass_on},
        {"ArgMax", read_choice},
        {"ArgMin", read_choice},
        {"GatherNd", read_choice},
        {"TopKV2", read_choice},
        {"NonMaxSuppressionV3", read_choice},
        {"NonMaxSuppressionV5", read_choice},
    };
    const auto is_between_blocks = [&](const std::string& input) {
        const tensorflow_value* const value = graph.find(input);
        return value != nullptr && value->blocks;
    };
    if (std::any_of(operation.inputs.begin(), operation.inputs.end(), is_between_blocks) &&
        !fits_between_blocks(operation))
        return graph.add_problem(operation, "behind SpaceToBatchND");
    if (refuse_counts(graph, operation))
        return;
    if (fold(graph, operation))
        return mark_counts(graph, operation, read_operation);
    if (rounds_wholes(operation))
        return graph.add_problem(operation, "of whole numbers, which a network does not round");
    if (const auto found = readers.find(operation.operation); found != readers.end()) {
        found->second(graph, operation);
        return mark_counts(graph, operation, read_operation);
    }
    if (operation.inputs.empty() || !read_activation(graph, operation))
        graph.add_problem(operation, "unknown here");
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
