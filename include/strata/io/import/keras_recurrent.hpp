// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/keras_activations.hpp>
#include <strata/io/import/keras_layer.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// What a recurrent layer of Keras says, as attributes of a node: its own, or that of both directions.
inline void add_cell(graph_node& node, const keras_layer& layer) {
    // Keras 3 took the name for the other formula.
    const auto function = [&](const char* key) {
        const std::string name = activation_name(layer[key]);
        return name == "hard_sigmoid" && layer.generation > 2 ? name + "6" : name;
    };
    node.attributes["units"] = layer.number("units", 0);
    node.attributes["activation"] =
        layer["activation"] == nullptr ? std::string("tanh") : function("activation");
    if (layer.class_name != "SimpleRNN")
        node.attributes["recurrent_activation"] =
            layer["recurrent_activation"] == nullptr
                ? std::string(layer.generation > 2 ? "sigmoid" : "hard_sigmoid")
                : function("recurrent_activation");
    node.attributes["bias"] = flag(layer.truth("use_bias", true));
    node.attributes["last_step"] = layer.truth("return_sequences", false) ? 0.0 : 1.0;
    node.attributes["backwards"] = flag(layer.truth("go_backwards", false));
    if (layer.class_name == "GRU")
        node.attributes["reset_after"] = flag(layer.truth("reset_after", false));
    if (layer.truth("time_major", false))
        node.hint = "time is its first axis";
    if (member(layer.options, "mask") != nullptr)
        node.hint = "a mask is one of its arguments";
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
    graph_node& node = layers.add(cell_kind(layer.class_name), layer.name);
    add_cell(node, layer);
    want_cell(layers, layer, "", "cell");
    if (!layer.truth("return_state", false))
        return;
    node.attributes["return_state"] = 1.0;
    for (std::size_t i = 0; i < (layer.class_name == "LSTM" ? 3 : 2); ++i) {
        graph_node& result = layers.add("result", layer.name);
        result.attributes = {{"index", static_cast<double>(i)}, {"units", layer.number("units", 0)}};
        layers.read({{false, 0}});
        layers.results.push_back(layers.last());
    }
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
    if (forward.truth("return_state", false))
        node.hint = "it returns the states of both directions";
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

/// CuDNNLSTM and CuDNNGRU of Keras 2: for each gate a kernel whose numbers lie column by column, a recurrent
/// one that is transposed, and a bias for each of both.
inline void settle_cudnn(graph_node& node) {
    const std::size_t units = node.count("units");
    for (auto& [name, weight] : node.weights) {
        const std::vector<float> given = weight.numbers;
        if (name == "bias") {
            const std::size_t half = given.size() / 2;
            if (node.kind == "gru") {
                weight.shape = {2, half};
                continue;
            }
            weight = {{half}, {given.begin(), given.begin() + static_cast<std::ptrdiff_t>(half)}};
            for (std::size_t i = 0; i < half; ++i)
                weight.numbers[i] += given[half + i];
            continue;
        }
        if (units == 0 || weight.shape.size() != 2 || weight.shape[1] % units != 0 ||
            (name == "recurrent_kernel" && weight.shape[0] != units))
            continue; // which the graph's check of shapes says
        const std::size_t rows = weight.shape[0];
        const std::size_t width = weight.shape[1];
        for (std::size_t gate = 0; gate < width / units; ++gate)
            for (std::size_t row = 0; row < rows; ++row)
                for (std::size_t column = 0; column < units; ++column) {
                    // The place among the numbers of a gate from which this one comes.
                    const std::size_t place = name == "kernel" ? column * rows + row : column * units + row;
                    weight.numbers[row * width + gate * units + column] =
                        given[place / units * width + gate * units + place % units];
                }
    }
}
inline void translate_cudnn(translation& layers, const keras_layer& layer) {
    keras_layer plain = layer;
    plain.class_name = layer.class_name == "CuDNNLSTM" ? "LSTM" : "GRU";
    translate_recurrent(layers, plain);
    graph_node& node = layers.nodes.front();
    node.attributes["activation"] = std::string("tanh");
    node.attributes["recurrent_activation"] = std::string("sigmoid");
    node.attributes["bias"] = 1.0;
    if (node.kind == "gru")
        node.attributes["reset_after"] = 1.0;
    layers.settle = settle_cudnn;
}

inline constexpr keras_entry keras_recurrent[] = {
    {"CuDNNLSTM", translate_cudnn},     {"CuDNNGRU", translate_cudnn},
    {"LSTM", translate_recurrent},      {"GRU", translate_recurrent},
    {"SimpleRNN", translate_recurrent}, {"Bidirectional", translate_bidirectional},
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
