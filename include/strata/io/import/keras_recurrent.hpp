// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/keras_activations.hpp>
#include <strata/io/import/keras_layer.hpp>
#include <strata/setting.hpp>

#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// What a recurrent layer of Keras says, as attributes of a node: its own, or that of both directions.
inline void add_cell(graph_node& node, const keras_layer& layer) {
    node.attributes["units"] = layer.number("units", 0);
    node.attributes["activation"] = activation_name(layer["activation"]);
    if (layer.class_name != "SimpleRNN")
        node.attributes["recurrent_activation"] =
            layer["recurrent_activation"] == nullptr
                ? std::string(layer.generation > 2 ? "sigmoid" : "hard_sigmoid")
                : activation_name(layer["recurrent_activation"]);
    node.attributes["generation"] = static_cast<double>(layer.generation);
    node.attributes["bias"] = flag(layer.truth("use_bias", true));
    node.attributes["last_step"] = layer.truth("return_sequences", false) ? 0.0 : 1.0;
    node.attributes["backwards"] = flag(layer.truth("go_backwards", false));
    if (layer.class_name == "GRU")
        node.attributes["reset_after"] = flag(layer.truth("reset_after", false));
    if (layer.truth("return_state", false))
        node.hint = "it returns its state: the importer reads layers of one result";
    if (layer.truth("time_major", false))
        node.hint = "time is its first axis";
    if (layer.truth("zero_output_for_mask", false) && layer.truth("return_sequences", false))
        node.attributes["zero_masked"] = 1.0;
}

inline void want_cell(translation& layers, const keras_layer& layer, const std::string& prefix,
                      const std::string& part) {
    for (const char* const each : {"kernel", "recurrent_kernel", "bias"})
        if (std::string_view(each) != "bias" || layer.truth("use_bias", true))
            layers.want(prefix + each, {each}, part);
}

inline std::string cell_kind(std::string_view class_name) {
    return class_name == "LSTM" ? "lstm" : class_name == "GRU" ? "gru" : "simple_rnn";
}

inline bool is_recurrent(std::string_view class_name) {
    return class_name == "LSTM" || class_name == "GRU" || class_name == "SimpleRNN";
}

inline void warn_of_state(translation& layers, const keras_layer& layer) {
    if (layer.truth("stateful", false))
        layers.warnings.push_back("layer " + internal::shown(layer.name) +
                                  " keeps its state from batch to batch: here each sample begins anew, and a "
                                  "stream of the network goes on where it was");
}

/// LSTM, GRU and SimpleRNN.
inline void translate_recurrent(translation& layers, const keras_layer& layer) {
    warn_of_state(layers, layer);
    add_cell(layers.add(cell_kind(layer.class_name), layer.name), layer);
    want_cell(layers, layer, "", "cell");
}

/// Bidirectional, whose node has the attributes of its forward layer.
inline void translate_bidirectional(translation& layers, const keras_layer& layer) {
    const json* const inner = layer["layer"];
    const keras_layer forward{text_of(member(inner, "class_name")),
                              text_of(member(member(inner, "config"), "name")), member(inner, "config"),
                              layer.generation};
    graph_node& node = layers.add("bidirectional", layer.name);
    if (!is_recurrent(forward.class_name)) {
        node.hint = "around " + (forward.class_name.empty() ? "nothing" : forward.class_name) +
                    ": LSTM, GRU and SimpleRNN are known";
        return;
    }
    add_cell(node, forward);
    warn_of_state(layers, forward);
    node.attributes["cell"] = cell_kind(forward.class_name);
    node.attributes["merge"] = layer["merge_mode"] == nullptr ? "none" : layer.text("merge_mode", "concat");
    if (layer["backward_layer"] != nullptr) {
        const json* const other = member(layer["backward_layer"], "config");
        for (const char* const key :
             {"units", "activation", "recurrent_activation", "use_bias", "reset_after"})
            if (json_excerpt(member(other, key)) != json_excerpt(forward[key]))
                node.hint = "its two directions differ";
    }
    for (const char* const direction : {"forward", "backward"})
        want_cell(layers, forward, std::string(direction) + "." + cell_kind(forward.class_name) + ".",
                  std::string(direction) + "_layer/cell");
}

inline constexpr keras_entry keras_recurrent[] = {
    {"LSTM", translate_recurrent},
    {"GRU", translate_recurrent},
    {"SimpleRNN", translate_recurrent},
    {"Bidirectional", translate_bidirectional},
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
