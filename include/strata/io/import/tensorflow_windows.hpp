// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/tensorflow_builder.hpp>
#include <strata/io/import/tensorflow_elements.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// An image [N, H, W, C] for operations with windows; null, and a problem, for what is none.
inline const tensorflow_value* image_value(tensorflow_builder& graph, const tensorflow_node& operation,
                                           std::size_t index = 0) {
    const tensorflow_value& value = graph.input(operation, index);
    const std::string format = operation.text("data_format", "NHWC");
    if (format != "NHWC")
        graph.add_problem(operation, "channels first");
    else if (value.constant || !value.is_batched || value.rank() != 4)
        graph.add_problem(operation, "its input is no image");
    else
        return &value;
    return nullptr;
}

/// The two numbers of a list [1, height, width, 1]; ones where there is none. Nothing, and a problem, where
/// it is of samples or channels.
inline std::optional<tensorflow_shape> image_numbers(tensorflow_builder& graph,
                                                     const tensorflow_node& operation, const char* key) {
    const tensorflow_shape given = operation.wholes(key);
    if (given.empty())
        return tensorflow_shape{1, 1};
    if (given.size() != 4)
        graph.fail(operation, internal::concatenate("four numbers of ", key),
                   internal::concatenate(given.size()));
    if (given[0] != 1 || given[3] != 1) {
        graph.add_problem(operation, internal::concatenate(key, " of samples or channels"));
        return std::nullopt;
    }
    return tensorflow_shape{given[1], given[2]};
}

/// Strides, dilations and padding of a window. Zeros that were added to the image, and nothing else reads,
/// are its padding. False, and a problem, where there is no such window.
inline bool set_window(tensorflow_builder& graph, const tensorflow_node& operation, graph_node& made,
                       tensorflow_value& image, const tensorflow_shape& size) {
    const auto stride = image_numbers(graph, operation, "strides");
    const auto dilation = stride ? image_numbers(graph, operation, "dilations") : std::nullopt;
    if (!dilation)
        return false;
    made.attributes["size"] = as_reals(size);
    made.attributes["stride"] = as_reals(*stride);
    made.attributes["dilation"] = as_reals(*dilation);
    const std::string padding = operation.text("padding", "VALID");
    if (padding == "SAME") {
        made.attributes["padding"] = std::string("same");
        return true;
    }
    made.attributes["padding"] = std::string("valid");
    tensorflow_shape begin{0, 0};
    tensorflow_shape end{0, 0};
    if (padding == "EXPLICIT") {
        const tensorflow_shape given = operation.wholes("explicit_paddings");
        if (given.size() != 8 || given[0] != 0 || given[1] != 0 || given[6] != 0 || given[7] != 0 ||
            std::any_of(given.begin(), given.end(), [](std::int64_t each) { return each < 0; }))
            graph.fail(operation, "explicit_paddings around an image", "others");
        begin = {given[2], given[4]};
        end = {given[3], given[5]};
    } else if (const graph_node& producer = graph.node(image.node);
               has_any_kind(made, {"conv", "depthwise_conv"}) && producer.kind == "zero_pad" &&
               !graph.is_shared(image.node)) {
        const std::vector<double> zeros_before = producer.list("begin");
        const std::vector<double> zeros_behind = producer.list("end");
        begin.assign(zeros_before.begin(), zeros_before.end());
        end.assign(zeros_behind.begin(), zeros_behind.end());
        image.node = producer.sources.front();
    }
    const auto is_zero = [](std::int64_t each) { return each == 0; };
    if (!std::all_of(begin.begin(), begin.end(), is_zero) || !std::all_of(end.begin(), end.end(), is_zero)) {
        made.attributes["padding"] = std::string("given");
        made.attributes["begin"] = as_reals(begin);
        made.attributes["end"] = as_reals(end);
    }
    return true;
}

/// Conv2D, DepthwiseConv2dNative and their fused forms, of constant kernels.
inline void read_convolution(tensorflow_builder& graph, const tensorflow_node& operation) {
    const tensorflow_constant* const kernel = graph.constant(operation, 1);
    const tensorflow_value* const found = kernel == nullptr ? nullptr : image_value(graph, operation);
    if (found == nullptr)
        return;
    tensorflow_value image = *found;
    const extents& shape = kernel->data.shape;
    if (shape.size() != 4)
        graph.fail(operation, "a kernel of four axes", internal::concatenate(shape.size()));
    const std::size_t channels = graph.shape(image).back();
    const bool is_depthwise = operation.operation.find("epthwise") != std::string::npos;
    if (shape[2] == 0 || (is_depthwise ? shape[2] != channels : channels % shape[2] != 0))
        graph.fail(operation, internal::concatenate("a kernel for ", channels, " channels"),
                   internal::concatenate("one for ", shape[2]));
    graph_node made{is_depthwise ? "depthwise_conv" : "conv", ""};
    if (!set_window(graph, operation, made, image,
                    {static_cast<std::int64_t>(shape[0]), static_cast<std::int64_t>(shape[1])}))
        return;
    if (is_depthwise)
        made.attributes["depth_multiplier"] = static_cast<double>(shape[3]);
    else {
        made.attributes["filters"] = static_cast<double>(shape[3]);
        made.attributes["groups"] = static_cast<double>(channels / shape[2]);
    }
    made.weights.emplace_back(is_depthwise ? "depthwise_kernel" : "kernel", kernel->data);
    if (image.blocks) { // places so many apart are neighbours
        if (made.text("padding") != "valid" || made.list("stride") != std::vector<double>{1, 1})
            return graph.add_problem(operation, "behind SpaceToBatchND, with a stride or a padding");
        made.attributes["dilation"] = as_reals(image.blocks->size);
        made.attributes["padding"] = std::string("given");
        made.attributes["begin"] = as_reals(image.blocks->begin);
        made.attributes["end"] = as_reals(image.blocks->end);
    }
    const auto blocks = image.blocks;
    apply_fused(graph, operation, image, std::move(made), 2);
    if (blocks)
        if (const tensorflow_value* const result = graph.find(operation.name); result->is_known) {
            tensorflow_value marked = *result;
            marked.blocks = blocks;
            graph.set(operation, std::move(marked));
        }
}

/// Conv2DBackpropInput: a transposed convolution of a shape, a kernel [height, width, out, in] and an image.
inline void read_transposed(tensorflow_builder& graph, const tensorflow_node& operation) {
    const auto wanted = graph.wholes(operation, 0);
    const tensorflow_constant* const kernel = wanted ? graph.constant(operation, 1) : nullptr;
    const tensorflow_value* const image = kernel == nullptr ? nullptr : image_value(graph, operation, 2);
    if (image == nullptr)
        return;
    const extents& shape = kernel->data.shape;
    if (shape.size() != 4 || shape[3] != graph.shape(*image).back() || wanted->size() != 4)
        graph.fail(operation, "a shape of four extents, and a kernel for the image's channels", "others");
    graph_node made{"conv_transpose", ""};
    tensorflow_value input = *image;
    if (!set_window(graph, operation, made, input,
                    {static_cast<std::int64_t>(shape[0]), static_cast<std::int64_t>(shape[1])}))
        return;
    made.attributes["filters"] = static_cast<double>(shape[2]);
    made.weights.emplace_back("kernel", kernel->data);
    std::vector<double> extra;
    const bool is_same = made.text("padding") == "same";
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const double step = made.list("stride")[axis];
        const double taps = made.list("size")[axis];
        const auto extent = static_cast<double>((*image).shape[axis + 1]);
        const auto rest = static_cast<double>((*wanted)[axis + 1]) -
                          (is_same ? extent * step : extent * step + std::max(taps - step, 0.0));
        extra.push_back(rest);
        if (is_same ? rest != 0 : rest < 0 || rest >= step)
            return graph.add_problem(operation, "a result of another size than its stride makes");
    }
    if (extra != std::vector<double>(2, 0))
        made.attributes["output_padding"] = std::move(extra);
    made.attributes["bias"] = 0.0;
    if (const auto number = graph.add(operation, std::move(made), {input.node}))
        graph.set_node(operation, input, *number);
}

/// MaxPool and AvgPool.
inline void read_pooling(tensorflow_builder& graph, const tensorflow_node& operation) {
    const tensorflow_value* const found = image_value(graph, operation);
    const auto size = found == nullptr ? std::nullopt : image_numbers(graph, operation, "ksize");
    if (!size)
        return;
    graph_node made{operation.operation == "MaxPool" ? "max_pool" : "average_pool", ""};
    tensorflow_value image = *found;
    if (!set_window(graph, operation, made, image, *size))
        return;
    if (const auto number = graph.add(operation, std::move(made), {image.node}))
        graph.set_node(operation, image, *number);
}

/// SpaceToBatchND of an image, which makes the convolution behind it a dilated one.
inline void read_blocks(tensorflow_builder& graph, const tensorflow_node& operation) {
    const auto size = graph.wholes(operation, 1);
    const auto margins = size ? graph.wholes(operation, 2) : std::nullopt;
    const tensorflow_value* const image = margins ? image_value(graph, operation) : nullptr;
    if (image == nullptr)
        return;
    if (size->size() != 2 || margins->size() != 4)
        graph.fail(operation, "two sizes of blocks and four margins", "others");
    tensorflow_value result = *image;
    result.blocks = tensorflow_blocks{*size, {(*margins)[0], (*margins)[2]}, {(*margins)[1], (*margins)[3]}};
    graph.set(operation, std::move(result));
}

/// BatchToSpaceND: the end of such a convolution. What it cuts off the result the padding need not make.
inline void read_unblocking(tensorflow_builder& graph, const tensorflow_node& operation) {
    const auto size = graph.wholes(operation, 1);
    const auto margins = size ? graph.wholes(operation, 2) : std::nullopt;
    if (!margins)
        return;
    tensorflow_value value = graph.input(operation, 0);
    if (!value.blocks || value.blocks->size != *size || margins->size() != 4)
        return graph.add_problem(operation, "no end of a convolution behind SpaceToBatchND");
    value.blocks.reset();
    const tensorflow_shape begin{(*margins)[0], (*margins)[2]};
    const tensorflow_shape end{(*margins)[1], (*margins)[3]};
    if (std::all_of(margins->begin(), margins->end(), [](std::int64_t each) { return each == 0; }))
        return graph.set(operation, std::move(value));
    graph_node& made = graph.node(value.node);
    std::vector<double> padding_begin = made.list("begin");
    std::vector<double> padding_end = made.list("end");
    bool is_padding = made.has("dilation") && !graph.is_shared(value.node) && padding_begin.size() == 2;
    for (std::size_t axis = 0; is_padding && axis < 2; ++axis) {
        padding_begin[axis] -= static_cast<double>(begin[axis]);
        padding_end[axis] -= static_cast<double>(end[axis]);
        is_padding = padding_begin[axis] >= 0 && padding_end[axis] >= 0;
    }
    if (is_padding) {
        const std::size_t source = made.sources.front();
        graph_node trimmed = made;
        trimmed.attributes["begin"] = padding_begin;
        trimmed.attributes["end"] = padding_end;
        if (const auto number = graph.add(operation, std::move(trimmed), {source}))
            graph.set_node(operation, value, *number);
        return;
    }
    graph_node cut{"crop", ""};
    cut.attributes["begin"] = as_reals(begin);
    cut.attributes["end"] = as_reals(end);
    if (const auto number = graph.add(operation, std::move(cut), {value.node}))
        graph.set_node(operation, value, *number);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
