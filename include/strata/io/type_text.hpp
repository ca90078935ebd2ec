// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/layers/dense.hpp>
#include <strata/layers/layer.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/topology/node_head.hpp>
#include <strata/topology/print.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::internal {

inline std::string join_extents(std::span<const std::size_t> extents) {
    std::string result;
    for (const std::size_t extent : extents)
        append(result, result.empty() ? "" : ", ", extent);
    return result;
}

/// The activations whose label is their whole name.
inline bool is_plain_activation(std::string_view label) {
    static constexpr std::array<std::string_view, 11> labels{"linear",   "relu",        "selu", "gelu",
                                                             "sigmoid",  "silu",        "tanh", "softplus",
                                                             "softsign", "exponential", "relu6"};
    return std::find(labels.begin(), labels.end(), label) != labels.end();
}

/// What a layer is called where a program names a network that predicts the same; empty for one that this
/// does not know. Initializers, penalties and names of parts are left out.
template <class Node>
std::string layer_source() {
    using layer = typename Node::layer;
    constexpr std::string_view label = layer::label.view();
    if (!layer::scope.view().empty())
        return {};
    if constexpr (std::is_same_v<typename layer::role, role::pointwise>) {
        if constexpr (requires { layer::formula; })
            return is_plain_activation(label)
                       ? std::string(label)
                       : concatenate("named_activation<\"", label, "\", (", to_string(layer::formula), ")>");
        else if constexpr (requires { double{layer::rate}; })
            return label == "dropout" ? concatenate("dropout<", number_to_string(layer::rate), ">")
                                      : std::string();
        else
            return {};
    } else if constexpr (label == "flatten" || label == "softmax")
        return std::string(label);
    else if constexpr (label.starts_with("reshape to "))
        return concatenate("reshape<", join_extents(Node::output::extents), ">");
    else if constexpr (label.starts_with("dense<") && requires { layer::has_bias; })
        return concatenate(label.substr(0, label.size() - 1), layer::has_bias ? ">" : ", no_bias>");
    else
        return {};
}

/// The type of a network that predicts the same, as a program writes it: of chains of dense layers, formulas,
/// `flatten`, `reshape`, `dropout` and `softmax`. `std::invalid_argument` for another.
template <class T, class... Inputs, class... Ends, class... Nodes>
std::string type_text(topology<type_list<Inputs...>, type_list<Ends...>, Nodes...>) {
    std::string result = "model<input<";
    (append(result, join_extents(Inputs::extents)), ...);
    append(result, ">");
    std::size_t value = 0;
    const auto add = [&](std::string_view label, std::span<const std::size_t> sources,
                         const std::string& text) {
        if (text.empty() || sources.size() != 1 || sources[0] != value++)
            raise(std::invalid_argument(concatenate("export_header: there is no text of ", label,
                                                    " where it stands: give that of the type")));
        append(result, " | ", text);
    };
    (add(Nodes::layer::label.view(), detail::source_numbers<typename Nodes::sources>::values,
         layer_source<Nodes>()),
     ...);
    append(result, sizeof(T) == sizeof(float) ? ">" : ", double>");
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
