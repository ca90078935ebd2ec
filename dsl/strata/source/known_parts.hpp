// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>
#include <strata/source/piece.hpp>

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Parts of several layers that have a name in the language, told by the texts of their layers.
namespace strata::bedrock::inline STRATA_SETTING::detail {

/// Takes one text from the begin of another, if it is there.
inline bool take_begin(std::string_view& rest, std::string_view begin) {
    if (!rest.starts_with(begin))
        return false;
    rest.remove_prefix(begin.size());
    return true;
}
/// Takes a whole number.
inline std::size_t take_number(std::string_view& rest) {
    std::size_t result = 0;
    const char* const end = std::from_chars(rest.data(), rest.data() + rest.size(), result).ptr;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return result;
}

/// A number and options among the arguments of a layer: "64, no_bias" of `dense<64, no_bias>`.
struct number_and_options {
    std::size_t number = 0;   ///< 0 where there is no such layer
    std::string_view options; ///< with the comma before them: ", no_bias"
};
inline number_and_options arguments_of(std::string_view layer, std::string_view begin, std::string_view end) {
    number_and_options result;
    if (!layer.ends_with(end) || !take_begin(layer, begin))
        return result;
    layer.remove_suffix(end.size());
    result.number = take_number(layer);
    result.options = layer;
    return result;
}
inline number_and_options projection_called(std::string_view name, std::string_view layer) {
    return arguments_of(layer, concatenate("bedrock::detail::projection_layer<\"", name, "\", "), ">{}");
}

/// The value of an option of one whole number among others.
inline std::size_t option_value(std::string_view options, std::string_view name, std::size_t fallback) {
    const std::size_t begin = options.find(concatenate(", ", name, "<"));
    if (begin == options.npos)
        return fallback;
    std::string_view rest = options.substr(begin + 3 + name.size());
    return take_number(rest);
}

/// `attention<4, 32, ...>` of the layers within `named<"attention">`, or nothing.
inline std::string attention_text(const std::vector<topology_piece>& parts) {
    std::vector<std::string_view> layers;
    for (const topology_piece& each : parts)
        append_layer_texts(layers, each);
    if (parts.size() != 3 || parts[0].is != topology_piece::kind::fork ||
        (layers.size() != 5 && layers.size() != 7))
        return {};
    std::string turn;
    if (layers.size() == 7) {
        if (!layers[1].starts_with("rotary_positions<") || !layers[3].starts_with("rotary_positions<"))
            return {};
        const std::size_t base = layers[1].find(", ");
        turn = concatenate(", rotary<", base == layers[1].npos ? ">" : layers[1].substr(base + 2));
        layers = {layers[0], layers[2], layers[4], layers[5], layers[6]};
    }
    const number_and_options query = projection_called("query", layers[0]);
    const number_and_options key = projection_called("key", layers[1]);
    const number_and_options value = projection_called("value", layers[2]);
    const number_and_options weights = arguments_of(layers[3], "dot_attention<", ">");
    const number_and_options output = projection_called("output", layers[4]);
    if (query.number * key.number * value.number * weights.number * output.number == 0 ||
        query.options != key.options || query.options != value.options || query.options != output.options)
        return {};
    const std::size_t width = query.number / weights.number;
    const std::size_t key_heads = option_value(weights.options, "key_heads", weights.number);
    std::string result =
        concatenate("attention<", weights.number, ", ", width, query.options, weights.options, turn);
    if (value.number != width * key_heads)
        append(result, ", value_width<", value.number / key_heads, ">");
    return result + ">";
}

/// `swiglu<64>` and the like of the layers within `named<"swiglu">`, or nothing.
inline std::string gated_text(std::string_view wrapper, const std::vector<topology_piece>& parts) {
    std::vector<std::string_view> layers;
    for (const topology_piece& each : parts)
        append_layer_texts(layers, each);
    if (parts.size() != 2 || parts[0].is != topology_piece::kind::fork || layers.size() != 4 ||
        layers[3] != "multiply")
        return {};
    const number_and_options gate = projection_called("gate", layers[0]);
    const number_and_options value = projection_called("value", layers[2]);
    if (gate.number == 0 || gate.number != value.number || gate.options != value.options)
        return {};
    const std::string_view activation = layers[1];
    if (wrapper == "named<\"gated_dense\">(")
        return concatenate("gated_dense<", gate.number, ", ", activation, gate.options, ">");
    const auto is = [&](std::string_view name, std::string_view function) {
        return wrapper == concatenate("named<\"", name, "\">(") && activation == function;
    };
    const char* const name = is("glu", "sigmoid")   ? "glu<"
                             : is("swiglu", "silu") ? "swiglu<"
                             : is("geglu", "gelu")  ? "geglu<"
                                                    : nullptr;
    return name == nullptr ? std::string() : concatenate(name, gate.number, gate.options, ">");
}

} // namespace strata::bedrock::inline STRATA_SETTING::detail
