// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/window_shape.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// An image with its channels last, for operators with windows; nothing for what is none.
inline std::optional<onnx_value> image_input(onnx_builder& graph, const onnx_node& operation) {
    const onnx_value& value = graph.input(operation, 0);
    if (value.constant || value.shape.size() < 3) {
        graph.add_problem(operation, "its input is no image");
        return std::nullopt;
    }
    return graph.arrange(operation, value, graph.image_axes(value.shape.size()));
}

/// The value that a node gives for an image, channels last, whose node is `number`.
inline onnx_value image_value(onnx_builder& graph, std::int64_t batch, std::size_t number) {
    const extents& shape = graph.node(number).shape;
    onnx_value result;
    result.node = number;
    result.shape = {batch, static_cast<std::int64_t>(shape.back())};
    for (std::size_t axis = 0; axis + 1 < shape.size(); ++axis)
        result.shape.push_back(static_cast<std::int64_t>(shape[axis]));
    result.axes = onnx_builder::image_axes(result.shape.size());
    return result;
}

/// Strides, dilations and padding of a window, also where the file says no more than `SAME_LOWER`.
inline void set_window(graph_node& made, const onnx_node& operation, const std::vector<std::int64_t>& size,
                       const extents& input) {
    const std::size_t axes = input.size() - 1;
    made.attributes["size"] = as_reals(size);
    std::vector<std::int64_t> stride = wholes_of(operation, "strides");
    stride.resize(axes, 1);
    std::vector<std::int64_t> dilation = wholes_of(operation, "dilations");
    dilation.resize(axes, 1);
    made.attributes["stride"] = as_reals(stride);
    made.attributes["dilation"] = as_reals(dilation);
    std::vector<std::int64_t> pads = wholes_of(operation, "pads");
    pads.resize(2 * axes, 0);
    for (const std::vector<std::int64_t>* numbers :
         {&size, &std::as_const(stride), &std::as_const(dilation), &std::as_const(pads)})
        for (const std::int64_t number : *numbers)
            if (number > (std::int64_t{1} << 31) || number < -(std::int64_t{1} << 31)) {
                made.hint = "a window larger than any image";
                return;
            }
    const std::string rule = word_of(operation, "auto_pad", "NOTSET");
    const bool is_lower = rule == "SAME_LOWER";
    const bool is_same = rule == "SAME_UPPER" || is_lower;
    bool is_as_same = true;
    bool is_as_lower = true;
    for (std::size_t axis = 0; axis < axes && axis < size.size(); ++axis) {
        const auto extent = static_cast<std::int64_t>(input[axis]);
        const std::int64_t reach = (size[axis] - 1) * dilation[axis] + 1;
        const std::int64_t output = stride[axis] > 0 ? (extent + stride[axis] - 1) / stride[axis] : 0;
        const std::int64_t missing = std::max<std::int64_t>(0, (output - 1) * stride[axis] + reach - extent);
        if (is_same) {
            pads[axis] = (missing + (is_lower ? 1 : 0)) / 2;
            pads[axes + axis] = missing - pads[axis];
        }
        is_as_same = is_as_same && pads[axis] == missing / 2 && pads[axes + axis] == missing - missing / 2;
        is_as_lower = is_as_lower && pads[axis] == missing - missing / 2 && pads[axes + axis] == missing / 2;
    }
    const auto middle = pads.begin() + static_cast<std::ptrdiff_t>(axes);
    made.attributes["begin"] = as_reals({pads.begin(), middle});
    made.attributes["end"] = as_reals({middle, pads.end()});
    // Unequal sides have a name where TensorFlow or ONNX makes them so, others where the file says that they
    // come of the rule, which runtimes take for some windows only.
    const bool is_even = std::equal(pads.begin(), middle, middle);
    const bool is_named_same = is_as_same && (!is_even || operation.note == "auto_pad=SAME_UPPER");
    const bool is_named_lower = is_as_lower && (!is_even || operation.note == "auto_pad=SAME_LOWER");
    made.attributes["padding"] = std::string(is_same          ? (is_lower ? "same_lower" : "same")
                                             : is_named_same  ? "same"
                                             : is_named_lower ? "same_lower"
                                                              : "given");
    if (std::any_of(pads.begin(), pads.end(), [](std::int64_t each) { return each < 0; }))
        made.hint = "a padding below 0";
}

/// The same of a transposed convolution, whose output's shape may be given instead of its padding.
inline void set_transposed_window(graph_node& made, const onnx_node& operation,
                                  const std::vector<std::int64_t>& size, const extents& input) {
    const std::size_t axes = input.size() - 1;
    const auto numbers = [&](const char* key, std::size_t count, std::int64_t preset) {
        std::vector<std::int64_t> result = wholes_of(operation, key);
        result.resize(count, preset);
        for (const std::int64_t each : result)
            if (each > (std::int64_t{1} << 31) || each < 0)
                made.hint = "a window larger than any image, or a padding below 0";
        return result;
    };
    const auto stride = numbers("strides", axes, 1);
    const auto dilation = numbers("dilations", axes, 1);
    auto extra = numbers("output_padding", axes, 0);
    auto pads = numbers("pads", 2 * axes, 0);
    const std::string rule = word_of(operation, "auto_pad", "NOTSET");
    const bool is_same = rule == "SAME_UPPER" || rule == "SAME_LOWER";
    const bool has_shape = !wholes_of(operation, "output_shape").empty();
    auto shape = numbers("output_shape", axes, 0);
    for (std::size_t axis = 0; made.hint.empty() && axis < size.size() && (is_same || has_shape); ++axis) {
        const auto extent = static_cast<std::int64_t>(input[axis]);
        if (!has_shape)
            shape[axis] = extent * stride[axis];
        const std::int64_t whole =
            stride[axis] * (extent - 1) + extra[axis] + (size[axis] - 1) * dilation[axis] + 1;
        const std::int64_t cut = std::max<std::int64_t>(whole - shape[axis], 0);
        extra[axis] += std::max<std::int64_t>(shape[axis] - whole, 0);
        const bool is_upper = rule == "SAME_UPPER";
        pads[axis] = is_upper ? cut / 2 : cut - cut / 2;
        pads[axes + axis] = cut - pads[axis];
    }
    const auto middle = pads.begin() + static_cast<std::ptrdiff_t>(axes);
    made.attributes["size"] = as_reals(size);
    made.attributes["stride"] = as_reals(stride);
    made.attributes["dilation"] = as_reals(dilation);
    made.attributes["begin"] = as_reals({pads.begin(), middle});
    made.attributes["end"] = as_reals({middle, pads.end()});
    // The rule that the padding comes of says more than its numbers; without padding or rest it is Keras's.
    const auto is_zero = [](std::int64_t each) { return each == 0; };
    const bool has_extra = !std::all_of(extra.begin(), extra.end(), is_zero);
    bool is_valid = !has_extra && std::all_of(pads.begin(), pads.end(), is_zero);
    for (std::size_t axis = 0; is_valid && axis < size.size(); ++axis)
        is_valid = (size[axis] - 1) * dilation[axis] + 1 >= stride[axis];
    made.attributes["padding"] =
        std::string(is_same && !has_shape && !has_extra ? (rule == "SAME_UPPER" ? "same" : "same_lower")
                    : is_valid                          ? "valid"
                                                        : "given");
    if (std::any_of(extra.begin(), extra.end(), [](std::int64_t each) { return each != 0; }))
        made.attributes["output_padding"] = as_reals(extra);
}

/// A kernel [a, b, taps...] as [taps..., b, a].
inline tensor turn_kernel(const onnx_constant& kernel) {
    const auto first = static_cast<std::size_t>(kernel.shape[0]);
    const auto second = static_cast<std::size_t>(kernel.shape[1]);
    const std::size_t taps = first * second == 0 ? 0 : kernel.numbers.size() / (first * second);
    tensor result;
    for (std::size_t axis = 2; axis < kernel.shape.size(); ++axis)
        result.shape.push_back(static_cast<std::size_t>(kernel.shape[axis]));
    result.shape.push_back(second);
    result.shape.push_back(first);
    result.numbers.resize(kernel.numbers.size());
    for (std::size_t a = 0; a < first; ++a)
        for (std::size_t b = 0; b < second; ++b)
            for (std::size_t tap = 0; tap < taps; ++tap)
                result.numbers[(tap * second + b) * first + a] =
                    static_cast<float>(kernel.numbers[(a * second + b) * taps + tap]);
    return result;
}

/// A convolution of images of one place by a kernel of one: a product with rows of channels.
inline bool read_pointwise_product(onnx_builder& graph, const onnx_node& operation,
                                   const onnx_constant& kernel) {
    const onnx_value& value = graph.input(operation, 0);
    const auto is_one = [](std::int64_t each) { return each == 1; };
    const std::vector<std::int64_t> pads = wholes_of(operation, "pads");
    if (value.constant || value.shape.size() < 3 || kernel.shape.size() != value.shape.size() ||
        kernel.shape[1] != value.shape[1] || !value.places.empty() ||
        !std::all_of(value.shape.begin() + 2, value.shape.end(), is_one) ||
        !std::all_of(kernel.shape.begin() + 2, kernel.shape.end(), is_one) ||
        std::any_of(pads.begin(), pads.end(), [](std::int64_t each) { return each != 0; }))
        return false;
    const auto row = graph.arrange(operation, value, {1});
    if (!row)
        return true;
    tensor turned = turn_kernel(kernel);
    turned.shape.erase(turned.shape.begin(), turned.shape.end() - 2);
    graph_node made{"dense", ""};
    made.attributes = {{"units", static_cast<double>(kernel.shape[0])}, {"bias", 0.0}};
    made.weights.emplace_back("kernel", std::move(turned));
    if (graph.has_input(operation, 2)) {
        const onnx_constant* const bias = graph.constant(operation, 2);
        if (bias == nullptr)
            return true;
        made.weights.emplace_back("bias", as_weight(*bias));
        made.attributes["bias"] = 1.0;
    }
    if (const auto number = graph.add(operation, std::move(made), {row->node})) {
        onnx_value result = *row;
        result.node = *number;
        result.shape[1] = kernel.shape[0];
        graph.set(operation, std::move(result));
    }
    return true;
}

/// Conv and ConvTranspose, of constant kernels.
inline void read_convolution(onnx_builder& graph, const onnx_node& operation) {
    const onnx_constant* const kernel = graph.constant(operation, 1);
    if (kernel != nullptr && operation.type == "Conv" && read_pointwise_product(graph, operation, *kernel))
        return;
    const auto image = kernel == nullptr ? std::nullopt : image_input(graph, operation);
    if (!image)
        return;
    const extents& input = graph.node(image->node).shape;
    if (kernel->shape.size() != input.size() + 1)
        graph.fail(operation, "a kernel with as many axes as the image", "another one");
    const bool is_transposed = operation.type == "ConvTranspose";
    const std::int64_t groups = whole_of(operation, "group", 1);
    const auto channels = static_cast<std::int64_t>(input.back());
    if (groups < 1 || channels % groups != 0 || (!is_transposed && kernel->shape[0] % groups != 0))
        graph.fail(operation, "groups that divide its channels and its filters", std::to_string(groups));
    const bool is_depthwise = !is_transposed && groups == channels && groups > 1 && kernel->shape[1] == 1;
    graph_node made{is_transposed ? "conv_transpose" : is_depthwise ? "depthwise_conv" : "conv", ""};
    const std::vector<std::int64_t> size(kernel->shape.begin() + 2, kernel->shape.end());
    if (is_transposed)
        set_transposed_window(made, operation, size, input);
    else
        set_window(made, operation, size, input);
    if (is_depthwise) {
        // Filter c m + j is the j-th of channel c, so that [C m, 1, taps...] is [taps..., C, m].
        tensor turned = turn_kernel(*kernel);
        turned.shape.end()[-2] = static_cast<std::size_t>(channels);
        turned.shape.end()[-1] = static_cast<std::size_t>(kernel->shape[0] / channels);
        made.attributes["depth_multiplier"] = static_cast<double>(kernel->shape[0] / channels);
        made.weights.emplace_back("depthwise_kernel", std::move(turned));
    } else {
        // [O, I, taps...] as [taps..., I, O]; of a transposed one [I, O, taps...] as [taps..., O, I].
        made.weights.emplace_back("kernel", turn_kernel(*kernel));
        made.attributes["filters"] = static_cast<double>(is_transposed ? groups : 1) *
                                     static_cast<double>(kernel->shape[is_transposed ? 1 : 0]);
        made.attributes["groups"] = static_cast<double>(groups);
    }
    made.attributes["bias"] = 0.0;
    if (graph.has_input(operation, 2)) {
        const onnx_constant* const bias = graph.constant(operation, 2);
        if (bias == nullptr)
            return;
        made.weights.emplace_back("bias", as_weight(*bias));
        made.attributes["bias"] = 1.0;
    }
    if (const auto number = graph.add(operation, std::move(made), {image->node}))
        graph.set(operation, image_value(graph, image->shape[0], *number));
}

/// MaxPool and AveragePool.
inline void read_pooling(onnx_builder& graph, const onnx_node& operation) {
    const auto image = image_input(graph, operation);
    if (!image)
        return;
    const extents& input = graph.node(image->node).shape;
    const std::vector<std::int64_t> size = wholes_of(operation, "kernel_shape");
    if (size.size() + 1 != input.size())
        graph.fail(operation, "a kernel_shape for each axis of the image",
                   internal::concatenate(size.size(), " numbers"));
    graph_node made{operation.type == "MaxPool" ? "max_pool" : "average_pool", ""};
    set_window(made, operation, size, input);
    const auto is_wide = [](double margin) { return margin > 0; };
    const auto begin = made.list("begin"), end = made.list("end");
    if (made.text("padding") == "same" || std::any_of(begin.begin(), begin.end(), is_wide) ||
        std::any_of(end.begin(), end.end(), is_wide))
        made.attributes["count_padding"] = static_cast<double>(whole_of(operation, "count_include_pad", 0));
    if (whole_of(operation, "ceil_mode", 0) != 0)
        for (std::size_t axis = 0; axis < size.size() && made.hint.empty(); ++axis) {
            const double reach = static_cast<double>(size[axis] - 1) * made.list("dilation")[axis] + 1;
            const double rest =
                static_cast<double>(input[axis]) + made.list("begin")[axis] + made.list("end")[axis] - reach;
            if (made.list("stride")[axis] > 0 && std::fmod(rest, made.list("stride")[axis]) != 0)
                made.attributes["ceil_mode"] = 1.0;
        }
    if (operation.outputs.size() > 1 && graph.uses[operation.outputs[1]] > 0)
        made.hint = "the places of the largest numbers";
    if (const auto number = graph.add(operation, std::move(made), {image->node}))
        graph.set(operation, image_value(graph, image->shape[0], *number));
}

/// GlobalAveragePool, GlobalMaxPool, and reductions over all axes of an image.
inline void pool_globally(onnx_builder& graph, const onnx_node& operation, const char* kind,
                          bool keeps_axes) {
    const auto image = image_input(graph, operation);
    if (!image)
        return;
    const auto number = graph.add(operation, graph_node{kind, ""}, {image->node});
    if (!number)
        return;
    onnx_value result;
    result.node = *number;
    result.shape = {image->shape[0], image->shape[1]};
    if (keeps_axes)
        result.shape.resize(image->shape.size(), 1);
    result.axes = {1};
    graph.set(operation, std::move(result));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
