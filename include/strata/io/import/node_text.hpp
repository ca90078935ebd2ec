// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/attention_layers.hpp>
#include <strata/io/import/axis_layers.hpp>
#include <strata/io/import/each_step.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/layer_text.hpp>
#include <strata/io/import/number_text.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// One line for all numbers.
inline layer_words rescaling_words(const graph_node& node) {
    const std::vector<double> scale = node.list("scale");
    const std::vector<double> offset = node.list("offset");
    if (scale.size() != 1 || offset.size() != 1)
        return layer_words::lacking("another number for each channel");
    return {argument_text("rescaling")
                .add(number_text(scale.front()))
                .add_if(offset.front() != 0, number_text(offset.front()))
                .text()};
}

inline layer_words training_words(const graph_node& node) {
    if (node.kind == "random_flip") {
        const std::string_view mode = node.text("mode");
        return {mode == "horizontal" ? "random_flip<horizontal>"
                : mode == "vertical" ? "random_flip<vertical>"
                                     : "random_flip<>"};
    }
    if (node.kind == "random_rotation") {
        const std::vector<double> factor = node.list("factor");
        if (factor.empty() || node.text("fill") != "reflect" || node.text("interpolation") != "bilinear")
            return {}; // it does nothing when the network predicts
        const bool is_even = factor.size() == 1 || factor[0] == -factor[1];
        return {"random_rotation<" +
                (is_even ? number_text(std::abs(factor.back()))
                         : "interval{" + number_text(factor[0]) + ", " + number_text(factor[1]) + "}") +
                ">"};
    }
    if (node.kind == "training_only")
        return {};
    return {node.kind + "<" + number_text(node.number("rate")) + ">"};
}

/// The words for a node behind inputs of these shapes, of which `input` is the first.
inline layer_words words_of(const graph_node& node, const extents& input) {
    if (is_each_step(node)) {
        layer_words words = words_of(step_node(node), step_shape(input));
        if (!words.text.empty())
            words.text = "time_distributed(" + words.text + ")";
        return words;
    }
    const auto is = [&](std::string_view kind) { return node.kind == kind; };
    if (!node.hint.empty())
        return layer_words::lacking(node.hint);
    if (is("dense")) {
        argument_text words("dense");
        words.add(node.count("units")).add_if(node.number("bias", 1) == 0, "no_bias");
        return {words.text()};
    }
    if (has_any_kind(node, {"conv", "conv_transpose"}))
        return window_words(node, input, argument_text(node.kind).add(node.count("filters")));
    if (has_any_kind(node, {"depthwise_conv", "max_pool", "average_pool"}))
        return window_words(node, input, argument_text(node.kind));
    if (has_any_kind(node, {"global_max_pool", "global_average_pool"})) {
        std::string text = node.kind;
        if (node.number("keepdims") != 0) {
            text += " | reshape<";
            for (std::size_t i = 1; i < input.size(); ++i)
                text += "1, ";
            text += internal::concatenate(input.back(), ">");
        }
        return {text};
    }
    if (has_any_kind(node, {"batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm"}))
        return frozen_where_masked(node, norm_words(node, input));
    if (is("normalization")) {
        if (!is_last_axis(node, input.size()) || node.number("invert") != 0)
            return layer_words::lacking("along another axis than the last, or inverted");
        return {"normalization<>"};
    }
    if (is("rescaling"))
        return rescaling_words(node);
    if (has_any_kind(node, {"lstm", "gru", "simple_rnn", "bidirectional"}))
        return recurrent_words(node);
    if (is("embedding"))
        return {argument_text("embedding")
                    .add(node.count("vocabulary"))
                    .add(node.count("width"))
                    .add_if(node.number("mask_zero") != 0, "mask_zero")
                    .text()};
    if (is("masking"))
        return {"masking<" + number_text(node.number("value")) + ">"};
    if (is_axis_layer(node.kind)) {
        const std::string text = axis_layer_text(node, input);
        return text.empty() ? layer_words::lacking("along axes that are not beside each other")
                            : layer_words{text == "linear" ? "" : text};
    }
    if (is("flatten"))
        return {input.size() == 1 ? "" : "flatten"};
    if (is("reshape")) {
        argument_text words("reshape");
        for (const std::size_t each : node.shape)
            words.add(each);
        return node.shape == input ? layer_words{} : layer_words{words.text()};
    }
    if (is("permute")) {
        argument_text words("permute");
        for (const double each : node.list("order"))
            words.add(static_cast<std::size_t>(each) - 1);
        return {words.text()};
    }
    if (is("repeat_vector"))
        return {argument_text("repeat_vector").add(node.count("times")).text()};
    if (has_any_kind(node, {"zero_pad", "reflect_pad", "edge_pad", "crop"})) {
        const std::size_t axes = input.size() - 1;
        return {
            node.kind + "<" +
            margins_text(*spatial_numbers(node, "begin", axes, 0), *spatial_numbers(node, "end", axes, 0)) +
            ">"};
    }
    if (is("resize")) {
        argument_text words("resize");
        const extents size = *spatial_numbers(node, "size", input.size() - 1, 1);
        if (std::equal(size.begin(), size.end(), input.begin()))
            return {};
        words.add(spatial_text(size));
        for (const char* const key : {"interpolation", "corners", "rounding"}) {
            const std::string option(node.text(key));
            words.add_if(!option.empty() && option != "bilinear" && option != "half_pixel", option);
        }
        return {words.text()};
    }
    if (is("upsample")) {
        const std::string_view interpolation = node.text("interpolation", "nearest");
        if (interpolation != "nearest" && interpolation != "bilinear")
            return layer_words::lacking(internal::concatenate("interpolation ", interpolation));
        return {argument_text("upsample")
                    .add(spatial_text(*spatial_numbers(node, "size", input.size() - 1, 1)))
                    .add_if(interpolation == "bilinear", "bilinear")
                    .text()};
    }
    if (has_any_kind(node, {"softmax", "log_softmax"})) {
        const double axis = node.number("axis", -1);
        // Keras and ONNX count the axis of the batch.
        const bool is_last = axis == -1 || axis == static_cast<double>(input.size());
        if (is_last)
            return {is("softmax") ? "softmax" : "log_softmax<>"};
        if (axis == 0)
            return layer_words::lacking("over the samples");
        const int counted = static_cast<int>(axis > 0 ? axis - 1 : axis);
        return {(is("softmax") ? "axis_softmax<" : "log_softmax<") + std::to_string(counted) + ">"};
    }
    if (is("prelu")) {
        const extents* const shape = node.weight("alpha") == nullptr ? nullptr : &node.weight("alpha")->shape;
        if (shape != nullptr && *shape == input)
            return {"prelu<>"};
        const bool is_channels = shape != nullptr && !shape->empty() && size_of(*shape) == input.back() &&
                                 shape->back() == input.back();
        return is_channels ? layer_words{"prelu<shared::places>"}
                           : layer_words::lacking("slopes shared along some axes");
    }
    if (is_merge(node))
        return {node.kind};
    if (is("result"))
        return {internal::concatenate("pick<", node.count("index"), ">")};
    if (is_attention(node.kind))
        return {attention_text(node, input.back())};
    if (is("dot")) {
        argument_text words("dot");
        std::vector<double> axes = node.list("axes");
        if (axes[0] == axes[1])
            axes.pop_back();
        if (axes != std::vector<double>{-1})
            for (const double axis : axes)
                words.add(std::to_string(static_cast<int>(axis)));
        return {words.add_if(node.number("normalize") != 0, "normalize").text()};
    }
    if (is("concat")) {
        const double axis = node.number("axis", -1);
        const bool is_last = axis == -1 || axis == static_cast<double>(input.size()) - 1;
        return {is_last ? "concat<>" : "concat<" + std::to_string(static_cast<int>(axis)) + ">"};
    }
    if (has_any_kind(node, {"dropout", "spatial_dropout", "gaussian_dropout", "gaussian_noise",
                            "training_only", "random_flip", "random_rotation"}))
        return training_words(node);
    return activation_words(node);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
