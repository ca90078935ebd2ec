// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/keras_node.hpp>
#include <strata/setting.hpp>

#include <array>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// An object of Keras as its files have it.
inline json keras_object(std::string_view module, std::string_view class_name, json config) {
    return {{"module", module},
            {"class_name", class_name},
            {"config", std::move(config)},
            {"registered_name", nullptr}};
}

/// What Keras calls an activation without numbers; an empty text for another.
inline std::string_view activation_word(std::string_view name) {
    static constexpr std::array<std::array<std::string_view, 2>, 16> words{
        {{"linear", "linear"},
         {"relu", "relu"},
         {"relu6", "relu6"},
         {"selu", "selu"},
         {"gelu", "gelu"},
         {"sigmoid", "sigmoid"},
         {"silu", "silu"},
         {"bedrock::tanh_layer", "tanh"},
         {"approximate_tanh", "tanh"},
         {"approximate_sigmoid", "sigmoid"},
         {"softplus", "softplus"},
         {"softsign", "softsign"},
         {"exponential", "exponential"},
         {"hard_sigmoid6", "hard_sigmoid"},
         {"hard_swish", "hard_silu"},
         {"softmax", "softmax"}}};
    for (const auto& [ours, theirs] : words)
        if (name == ours)
            return theirs;
    return {};
}

/// First weights and penalties of a kernel, as the options of a layer or of its `recurrent<...>` say.
inline json initializer_config(const layer_call& options, std::string_view fallback) {
    static constexpr std::array<std::array<std::string_view, 2>, 8> words{
        {{"glorot_uniform", "GlorotUniform"},
         {"glorot_normal", "GlorotNormal"},
         {"he_uniform", "HeUniform"},
         {"he_normal", "HeNormal"},
         {"lecun_uniform", "LecunUniform"},
         {"lecun_normal", "LecunNormal"},
         {"zeros", "Zeros"},
         {"ones", "Ones"}}};
    for (const auto& [ours, theirs] : words)
        if (options.has(ours))
            return keras_object("keras.initializers", theirs,
                                ours == "zeros" || ours == "ones" ? json::object() : json{{"seed", nullptr}});
    if (const layer_call* const found = options.find("uniform"))
        return keras_object("keras.initializers", "RandomUniform",
                            {{"minval", -found->number(0)}, {"maxval", found->number(0)}, {"seed", nullptr}});
    if (const layer_call* const found = options.find("normal"))
        return keras_object("keras.initializers", "RandomNormal",
                            {{"mean", 0.0}, {"stddev", found->number(0)}, {"seed", nullptr}});
    if (const layer_call* const found = options.find("orthogonal"))
        return keras_object("keras.initializers", "Orthogonal",
                            {{"gain", found->number(0)}, {"seed", nullptr}});
    if (fallback == "RandomUniform")
        return keras_object("keras.initializers", fallback,
                            {{"minval", -0.05}, {"maxval", 0.05}, {"seed", nullptr}});
    if (fallback == "Orthogonal")
        return keras_object("keras.initializers", fallback, {{"gain", 1.0}, {"seed", nullptr}});
    return keras_object("keras.initializers", fallback, {{"seed", nullptr}});
}
inline json regularizer_config(const layer_call& options) {
    const auto made = [](double l1, double l2) {
        return keras_object("keras.regularizers", "L1L2", {{"l1", l1}, {"l2", l2}});
    };
    if (const layer_call* const found = options.find("l1"))
        return made(found->number(0), 0);
    if (const layer_call* const found = options.find("l2"))
        return made(0, found->number(0));
    if (const layer_call* const found = options.find("l1_l2"))
        return made(found->number(0), found->number(1));
    return nullptr;
}

/// What stands in the options `recurrent<...>` of a layer.
inline layer_call recurrent_options(const layer_call& layer) {
    layer_call result;
    for (const layer_call& each : layer.arguments)
        if (each.name == "recurrent")
            result.arguments.push_back(each.arguments.at(0));
    return result;
}

/// The activation among some options.
inline std::string activation_option(const layer_call& options, std::string_view fallback,
                                     std::string& problem) {
    for (const layer_call& each : options.arguments) {
        if (const std::string_view word = activation_word(each.name); !word.empty())
            return std::string(word);
        for (const std::string_view unknown : {"leaky_relu", "elu", "clip", "hard_sigmoid", "linear_sigmoid",
                                               "linear_swish", "activation", "named_activation"})
            if (each.name == unknown)
                problem = "Keras has no activation " + each.name + " within a layer";
    }
    return std::string(fallback);
}

/// What layers with a kernel have in common.
inline void add_kernel_options(json& config, const layer_call& layer, const std::string& kernel = "kernel") {
    config["use_bias"] = !layer.has("no_bias");
    config[kernel + "_initializer"] = initializer_config(layer, "GlorotUniform");
    config["bias_initializer"] = keras_object("keras.initializers", "Zeros", json::object());
    config[kernel + "_regularizer"] = regularizer_config(layer);
    for (const char* const each : {"bias_regularizer", "activity_regularizer", "bias_constraint"})
        config[each] = nullptr;
    config[kernel + "_constraint"] = nullptr;
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
