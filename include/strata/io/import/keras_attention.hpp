// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/json.hpp>
#include <strata/io/import/keras_layer.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// MultiHeadAttention of a query and a value, which is the key, too; kernels are [features, heads, width] in
/// the file.
inline void translate_multi_head_attention(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("attention", layer.name);
    const double key_width = layer.number("key_dim", 0);
    const bool has_bias = layer.truth("use_bias", true);
    node.attributes = {{"heads", layer.number("num_heads", 0)},
                       {"key_width", key_width},
                       {"value_width", layer.number("value_dim", key_width)},
                       {"rate", layer.number("dropout", 0)},
                       {"causal", flag(truth_of(member(layer.options, "use_causal_mask"), false))},
                       {"bias", flag(has_bias)}};
    if (layer["output_shape"] != nullptr)
        node.hint = "its results have another width than its queries";
    else if (layer["sliding_window"] != nullptr || layer.truth("use_gate", false))
        node.hint = "it has a window or a gate";
    else if (layer.values < 2)
        node.hint = "it reads a query and a value";
    else if (layer.values > 3 || member(layer.options, "attention_mask") != nullptr)
        node.hint = "a mask is one of its arguments";
    const auto want = [&](const char* part, const char* scope) {
        for (const char* const array : {"kernel", "bias"})
            if (has_bias || std::string(array) == "kernel") {
                const std::string name = std::string(part) + "_dense";
                layers.want(internal::concatenate("attention.", part, ".", array), {array}, name);
                layers.wanted.back().back().scope = scope;
            }
    };
    want("query", "query");
    want("key", "key");
    want("value", "value");
    want("output", "attention_output");
    // As strata has them, [features, heads x width].
    layers.settle = [](graph_node& made) {
        std::vector<std::size_t>& sources = made.sources;
        if (sources.size() == 3 && sources[1] != sources[2])
            made.hint = "its keys are of another value than its values";
        while (sources.size() > 1 && sources.back() == sources[sources.size() - 2])
            sources.pop_back();
        for (auto& [name, weight] : made.weights) {
            extents& shape = weight.shape;
            const bool is_output = name.find(".output.") != name.npos;
            if (name.ends_with("bias") && shape.size() == 2)
                shape = {shape[0] * shape[1]};
            else if (shape.size() == 3)
                shape = is_output ? extents{shape[0] * shape[1], shape[2]}
                                  : extents{shape[0], shape[1] * shape[2]};
        }
    };
}

/// Attention: products of a query and a value, or of a query and a key with a value behind, by one head.
inline void translate_attention(translation& layers, const keras_layer& layer) {
    graph_node& node = layers.add("dot_attention", layer.name);
    node.attributes = {{"heads", 1.0}, {"scale", 1.0}};
    if (layer.text("score_mode", "dot") != "dot")
        node.hint = "scores of other sums than products";
    else if (layer.values < 2 || layer.values > 3)
        node.hint = "it reads a query, a value and perhaps a key";
    else
        layers.read({{true, 0}, {true, layer.values == 3 ? std::size_t{2} : 1}, {true, 1}});
    if (truth_of(member(layer.options, "use_causal_mask"), layer.truth("causal", false)))
        node.attributes["causal"] = 1.0;
    if (layer.truth("use_scale", false)) {
        layers.want("scale");
        layers.settle = [](graph_node& made) {
            if (!made.weights.empty() && !made.weights.front().second.numbers.empty())
                made.attributes["scale"] = double{made.weights.front().second.numbers.front()};
            made.weights.clear();
        };
    }
}

inline constexpr keras_entry keras_attention[] = {
    {"MultiHeadAttention", translate_multi_head_attention},
    {"Attention", translate_attention},
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
