// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/formula_layers.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/number_text.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/io/import/window_shape.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A node as C++ has it in a topology, or why strata has no words for it.
struct layer_words {
    std::string text{};    ///< `conv<32, 3> | relu`; empty for what does nothing when it predicts
    std::string problem{}; ///< a hint; anything but empty means that there is no text

    static layer_words lacking(std::string hint) { return {{}, std::move(hint)}; }
};

/// Whether the attribute `axis`, which counts that of the batch, is the last axis alone.
inline bool is_last_axis(const graph_node& node, std::size_t rank) {
    const std::vector<double> axes = node.list("axis");
    return axes.size() == 1 && (axes.front() == -1 || axes.front() == static_cast<double>(rank));
}

/// Activations: one number for each number.
inline layer_words activation_words(const graph_node& node) {
    const auto is = [&](std::string_view kind) { return node.kind == kind; };
    for (const char* const each : {"relu", "selu", "gelu", "sigmoid", "silu", "tanh", "softplus", "softsign",
                                   "exponential", "hard_sigmoid6", "relu6"})
        if (is(each))
            return {each};
    if (is("linear"))
        return {};
    if (const formula_layer* const formula = find_formula(node.kind))
        return {formula_text(*formula, node)};
    if (is("clipped")) {
        const double low = node.number("low");
        const double high = node.number("high");
        if (low == 0 && high == 6)
            return {"relu6"};
        return {"clip<" + number_text(low) + ", " + number_text(high) + ">"};
    }
    if (is("thresholded_relu")) {
        const std::string threshold = number_text(node.number("threshold"));
        const std::string large =
            node.has("high") ? "min(symbols::x, " + number_text(node.number("high")) + ")" : "symbols::x";
        const double slope = node.number("slope");
        const std::string small =
            slope == 0 ? "0.0" : number_text(slope) + " * (symbols::x - " + threshold + ")";
        return {"activation<select(symbols::x > " + threshold + ", " + large + ", " + small + ")>"};
    }
    if (is("leaky_relu"))
        return {"leaky_relu<" + number_text(node.number("slope")) + ">"};
    if (is("elu"))
        return {"elu<" + number_text(node.number("alpha", 1)) + ">"};
    if (is("hard_silu"))
        return {"hard_swish"};
    if (is("hard_sigmoid")) {
        const double slope = node.number("slope", 0.2);
        const double offset = node.number("offset", 0.5);
        if (offset == 0.5 && std::abs(slope - 0.2) < 1e-8)
            return {"hard_sigmoid"};
        if (offset == 0.5 && std::abs(slope - 1.0 / 6) < 1e-8)
            return {"hard_sigmoid6"};
        return {"linear_sigmoid<" + number_text(slope) + ", " + number_text(offset) + ">"};
    }
    return layer_words::lacking("unknown here");
}

/// `stride`, padding, `dilation` and the like of a window, behind what a layer begins with.
inline layer_words window_words(const graph_node& node, const extents& input, argument_text words) {
    const std::size_t axes = input.size() - 1;
    const bool is_pool = has_any_kind(node, {"max_pool", "average_pool"});
    const window_numbers window = *numbers_of_window(node, axes);
    const auto& [size, stride, dilation, begin, end] = window;
    const std::string_view padding = node.text("padding", "valid");
    const bool is_padded =
        std::any_of(begin.begin(), begin.end(), [](std::size_t each) { return each > 0; }) ||
        std::any_of(end.begin(), end.end(), [](std::size_t each) { return each > 0; });
    words.add(spatial_text(size));
    words.add_if(is_pool ? stride != size : stride != extents(axes, 1),
                 "stride<" + spatial_text(stride) + ">");
    const bool is_pointwise = size == extents(axes, 1) && stride == extents(axes, 1);
    if (padding == "same" || padding == "same_lower" || padding == "causal")
        words.add_if(!is_pointwise, std::string(padding));
    else if (is_padded || (node.kind == "conv_transpose" && padding != "valid"))
        words.add("padding<" + margins_text(begin, end) + ">"); // transposed, the default is what Keras does
    words.add_if(dilation != extents(axes, 1), "dilation<" + spatial_text(dilation) + ">");
    if (node.count("groups", 1) != 1) {
        if (!has_any_kind(node, {"conv", "conv_transpose"}))
            return layer_words::lacking("groups");
        words.add("groups<" + internal::concatenate(node.count("groups", 1)) + ">");
    }
    if (node.number("ceil_mode") != 0) {
        if (node.number("count_padding") != 0)
            return layer_words::lacking("a last window that reaches out of the padding that counts");
        words.add("ceil_mode");
    }
    if (const extents extra = *spatial_numbers(node, "output_padding", axes, 0); extra != extents(axes, 0))
        words.add("output_padding<" + spatial_text(extra) + ">");
    words.add_if(node.count("depth_multiplier", 1) != 1,
                 internal::concatenate("depth_multiplier<", node.count("depth_multiplier", 1), ">"));
    words.add_if(node.number("count_padding") != 0, "count_padding");
    words.add_if(!is_pool && node.number("bias", 1) == 0, "no_bias");
    return {words.text()};
}

inline layer_words norm_words(const graph_node& node, const extents& input) {
    if (node.has("axis") && !is_last_axis(node, input.size()))
        return layer_words::lacking("over another axis than the last");
    argument_text words(node.kind);
    if (node.kind == "group_norm")
        words.add(node.count("groups", 1));
    // Files have these as floats.
    const double epsilon = node.number("epsilon", 1e-3);
    const float usual = node.kind == "rms_norm" ? 1e-6F : 1e-3F;
    words.add_if(static_cast<float>(epsilon) != usual, "epsilon<" + number_text(epsilon) + ">");
    words.add_if(node.count("axes", 1) > 1, internal::concatenate("last_axes<", node.count("axes", 1), ">"));
    words.add_if(node.kind == "batch_norm" && static_cast<float>(node.number("momentum", 0.99)) != 0.99F,
                 "momentum<" + number_text(node.number("momentum")) + ">");
    words.add_if(node.number("scale", 1) == 0, "no_scale");
    words.add_if(node.number("center", 1) == 0 && node.kind != "rms_norm", "no_center");
    return {words.text()};
}

inline layer_words frozen_where_masked(const graph_node& node, layer_words words) {
    if (node.number("frozen") != 0 && words.problem.empty())
        words.text = "frozen_weights(" + words.text + ")";
    return words;
}

/// Recurrent layers, and both directions of one.
inline layer_words recurrent_words(const graph_node& node) {
    const bool is_both = node.kind == "bidirectional";
    const std::string cell(is_both ? node.text("cell") : std::string_view(node.kind));
    argument_text words(cell);
    words.add(node.count("units"));
    const auto function = [](std::string_view name) {
        for (const char* const each :
             {"tanh", "relu", "sigmoid", "hard_sigmoid", "hard_sigmoid6", "linear", "elu", "selu", "softplus",
              "softsign", "silu", "gelu", "exponential", "relu6"})
            if (name == each)
                return name == "elu" ? std::string("elu<1.0>") : std::string(name);
        return std::string();
    };
    for (const char* const key : {"activation", "recurrent_activation"})
        if (node.has(key) && function(node.text(key)).empty())
            return layer_words::lacking(internal::concatenate(key, " ", node.text(key)));
    words.add_if(node.text("activation", "tanh") != "tanh", function(node.text("activation", "tanh")));
    words.add_if(node.text("recurrent_activation", "sigmoid") != "sigmoid",
                 "recurrent<" + function(node.text("recurrent_activation", "sigmoid")) + ">");
    words.add_if(cell == "gru" && node.number("reset_after") == 0, "reset_before");
    words.add_if(node.number("bias", 1) == 0, "no_bias");
    words.add_if(node.number("last_step") != 0, "last_step");
    words.add_if(node.number("backwards") != 0, "backwards");
    words.add_if(node.number("zero_masked") != 0, "zero_masked");
    words.add_if(node.sources.size() > 1, "take_state");
    words.add_if(node.number("return_state") != 0, "return_state");
    if (!is_both)
        return {words.text()};
    const std::string_view merge = node.text("merge", "concat");
    const char* const joined = merge == "concat" ? ""
                               : merge == "sum"  ? ", add"
                               : merge == "mul"  ? ", multiply"
                               : merge == "ave"  ? ", average"
                                                 : nullptr;
    if (joined == nullptr)
        return layer_words::lacking("its two results apart");
    return {"bidirectional(" + words.text() + joined + ")"};
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
