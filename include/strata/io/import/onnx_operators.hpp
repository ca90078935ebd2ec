// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_activations.hpp>
#include <strata/io/import/onnx_attention.hpp>
#include <strata/io/import/onnx_blocks.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_combinations.hpp>
#include <strata/io/import/onnx_counts.hpp>
#include <strata/io/import/onnx_elements.hpp>
#include <strata/io/import/onnx_folding.hpp>
#include <strata/io/import/onnx_images.hpp>
#include <strata/io/import/onnx_matrices.hpp>
#include <strata/io/import/onnx_normalizations.hpp>
#include <strata/io/import/onnx_padding.hpp>
#include <strata/io/import/onnx_recurrent.hpp>
#include <strata/io/import/onnx_reductions.hpp>
#include <strata/io/import/onnx_reshaping.hpp>
#include <strata/io/import/onnx_resizing.hpp>
#include <strata/io/import/onnx_rows.hpp>
#include <strata/io/import/onnx_sample_axis.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/io/import/onnx_slices.hpp>
#include <strata/io/import/onnx_state_moves.hpp>
#include <strata/io/import/onnx_tiles.hpp>
#include <strata/io/import/onnx_types.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Of operators that are known where all that they read is constant.
inline void read_unfolded(onnx_builder& graph, const onnx_node& operation) {
    graph.add_problem(operation, "of what is known when the network runs, and not before");
}

inline void pass_on(onnx_builder& graph, const onnx_node& operation) {
    graph.set(operation, graph.input(operation, 0));
}

/// Dropout, which does nothing but in training.
inline void read_dropout(onnx_builder& graph, const onnx_node& operation) {
    const auto number = [&](std::size_t index) {
        const onnx_constant* const given =
            graph.has_input(operation, index) ? graph.constant(operation, index) : nullptr;
        return given == nullptr || given->numbers.empty() ? 0 : given->numbers.front();
    };
    if (graph.has_input(operation, 2) && number(2) != 0 && (!graph.has_input(operation, 1) || number(1) != 0))
        return graph.add_problem(operation, "in training");
    pass_on(graph, operation);
}

/// A slope for each number of a sample.
inline void read_own_slopes(onnx_builder& graph, const onnx_node& operation, const onnx_constant& slopes) {
    const auto value = graph.straighten(operation, graph.input(operation, 0));
    std::vector<std::int64_t> shape = value ? value->shape : slopes.shape;
    if (graph.first_axis > 0)
        shape.front() = 1;
    const auto spread = expand_constant(slopes, shape);
    if (!value || !spread)
        return graph.add_problem(operation, "slopes of another shape than a sample");
    std::vector<std::size_t> order;
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        if (std::find(value->axes.begin(), value->axes.end(), axis) == value->axes.end())
            order.push_back(axis);
    order.insert(order.end(), value->axes.begin(), value->axes.end());
    const onnx_constant turned = permute_constant(*spread, order);
    graph_node made{"prelu", ""};
    made.weights.emplace_back(
        "alpha", tensor{graph.node(value->node).shape, {turned.numbers.begin(), turned.numbers.end()}});
    apply(graph, operation, *value, std::move(made));
}

inline void read_slopes(onnx_builder& graph, const onnx_node& operation) {
    const onnx_constant* slopes = graph.constant(operation, 1);
    if (slopes == nullptr)
        return;
    const onnx_value& value = graph.input(operation, 0);
    // Before opset 7 there is one for each channel, which is axis 1.
    onnx_constant of_channels;
    if (graph.opset() < 7 && slopes->shape.size() == 1 && value.shape.size() > 2) {
        of_channels = *slopes;
        of_channels.shape.resize(value.shape.size() - 1, 1);
        slopes = &of_channels;
    }
    graph_node made{"prelu", ""};
    if (slopes->numbers.size() == 1) {
        made.kind = "leaky_relu";
        made.attributes["slope"] = slopes->numbers.front();
    } else if (const auto numbers = channel_numbers(graph, value, *slopes))
        made.weights.emplace_back("alpha", tensor{{numbers->size()}, *numbers});
    else
        return read_own_slopes(graph, operation, *slopes);
    apply(graph, operation, value, std::move(made));
}

/// What is known of ONNX's operators.
inline void read_onnx_node(onnx_builder& graph, const onnx_node& operation) {
    using reader = void (*)(onnx_builder&, const onnx_node&);
    static const std::map<std::string, reader, std::less<>> readers = {
        {"Conv", read_convolution},
        {"ConvTranspose", read_convolution},
        {"MaxPool", read_pooling},
        {"AveragePool", read_pooling},
        {"Pad", read_padding},
        {"Gemm", read_product},
        {"MatMul", read_matmul},
        {"BatchNormalization", read_batch_norm},
        {"LayerNormalization", read_layer_norm},
        {"InstanceNormalization", read_group_norm},
        {"GroupNormalization", read_group_norm},
        {"Softmax", read_softmax},
        {"LogSoftmax", read_softmax},
        {"Reshape", read_reshape},
        {"Flatten", read_flatten},
        {"Squeeze", read_squeeze},
        {"Unsqueeze", read_unsqueeze},
        {"Transpose", read_transpose},
        {"Clip", read_clip},
        {"Add", read_combination},
        {"Sub", read_combination},
        {"Mul", read_combination},
        {"Div", read_combination},
        {"Sum", read_combination},
        {"Max", read_combination},
        {"Min", read_combination},
        {"Mean", read_combination},
        {"Concat", read_concat},
        {"Slice", read_slice},
        {"Gather", read_gather},
        {"Split", read_split},
        {"Expand", read_expansion},
        {"Where", read_choice},
        {"Tile", read_tiles},
        {"DepthToSpace", read_blocks},
        {"SpaceToDepth", read_blocks},
        {"PRelu", read_slopes},
        {"Identity", pass_on},
        {"Dropout", read_dropout},
        {"Cast", read_cast},
        {"Resize", read_resizing},
        {"Upsample", read_resizing},
        {"GlobalAveragePool",
         [](onnx_builder& g, const onnx_node& n) { pool_globally(g, n, "global_average_pool", true); }},
        {"GlobalMaxPool",
         [](onnx_builder& g, const onnx_node& n) { pool_globally(g, n, "global_max_pool", true); }},
        {"Pow", read_power},
        {"Neg", read_negation},
        {"LSTM", read_recurrent},
        {"GRU", read_recurrent},
        {"RNN", read_recurrent},
    };
    const auto found = readers.find(operation.type);
    const bool is_standard = operation.domain.empty() || operation.domain == "ai.onnx";
    const bool is_activation = find_activation(operation.type) != nullptr;
    const bool reduces = find_reduction(operation.type) != nullptr;
    const reader known = found != readers.end()               ? found->second
                         : is_activation                      ? reader(read_activation)
                         : reduces                            ? reader(read_reduction)
                         : is_folded_operator(operation.type) ? reader(read_unfolded)
                                                              : nullptr;
    if (!is_standard || known == nullptr)
        return graph.add_problem(operation,
                                 is_standard ? "unknown here" : "not an operator of networks that is known");
    for (const std::string& input : operation.inputs)
        if (const auto value = graph.values.find(input);
            value != graph.values.end() && !value->second.is_known) {
            for (const std::string& output : operation.outputs)
                graph.values[output].is_known = false;
            return;
        }
    if (refuse_counts(graph, operation) || refuse_rounding(graph, operation))
        return;
    if (move_states(graph, operation, read_onnx_node) || move_sample_axis(graph, operation, read_onnx_node))
        return set_types(graph, operation);
    if (!fold(graph, operation))
        known(graph, operation);
    mark_counts(graph, operation, read_onnx_node);
    forget_states(graph, operation);
    set_types(graph, operation);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
