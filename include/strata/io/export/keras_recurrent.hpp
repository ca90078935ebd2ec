// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/keras_options.hpp>
#include <strata/setting.hpp>

#include <string>

namespace strata::bedrock::inline STRATA_SETTING::exports {

inline void write_recurrent(keras_translation& layers) {
    const layer_call& layer = layers.call;
    const layer_call state_options = recurrent_options(layer);
    std::string problem;
    json config{
        {"units", layer.count(0)},
        {"activation", activation_option(layer, "tanh", problem)},
        {"use_bias", !layer.has("no_bias")},
        {"kernel_initializer", initializer_config(layer, "GlorotUniform")},
        {"recurrent_initializer", initializer_config(state_options, "Orthogonal")},
        {"bias_initializer", keras_object("keras.initializers", "Zeros", json::object())},
        {"kernel_regularizer", regularizer_config(layer)},
        {"recurrent_regularizer", regularizer_config(state_options)},
        {"dropout", 0.0},
        {"recurrent_dropout", state_options.has("dropout") ? state_options.find("dropout")->number(0) : 0.0},
        {"return_sequences", !layer.has("last_step")},
        {"return_state", false},
        {"go_backwards", layer.has("backwards")},
        {"stateful", false},
        {"unroll", false},
        {"zero_output_for_mask", layer.has("zero_masked")}};
    if (layer.name != "simple_rnn")
        config["recurrent_activation"] = activation_option(state_options, "sigmoid", problem);
    if (layer.name == "lstm")
        config["unit_forget_bias"] = !layer.has("no_forget_bias");
    if (layer.name == "gru")
        config["reset_after"] = !layer.has("reset_before");
    layers.add(layer.name == "lstm" ? "LSTM" : layer.name == "gru" ? "GRU" : "SimpleRNN") = config;
    layers.nodes.back().variables[0].part = "cell";
    layers.nodes.back().problem = problem;
    if (layer.has("take_state") || layer.has("return_state"))
        layers.refuse("states as values of their own are not written");
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
