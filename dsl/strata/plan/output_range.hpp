// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/softmax.hpp>
#include <strata/setting.hpp>
#include <strata/topology/node_head.hpp>
#include <strata/topology/numbered.hpp>

#include <cstddef>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING {

/// What numbers a layer gives, as far as its type tells: those of its input or means of them, probabilities,
/// or any. A layer of a user's own is taken to give what a loss wants, unless it has parameters and does not
/// say `static constexpr bool gives_probabilities = true`.
enum class output_range { input, probabilities, any, unknown };

namespace detail {
/// The library's own activations that leave [0, 1]; a user's own may do what it likes.
constexpr bool leaves_probabilities(std::string_view activation) {
    for (const std::string_view each :
         {"linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "hard_swish",
          "linear_swish", "tanh", "approximate_tanh", "softplus", "softsign", "exponential"})
        if (activation == each)
            return true;
    return false;
}

/// Those that give numbers in it.
constexpr bool gives_probabilities(std::string_view activation) {
    for (const std::string_view each :
         {"sigmoid", "approximate_sigmoid", "hard_sigmoid", "hard_sigmoid6", "linear_sigmoid"})
        if (activation == each)
            return true;
    return false;
}

template <class Node>
constexpr output_range range_of_node() {
    using layer = typename Node::layer;
    using what = typename layer::role;
    if constexpr (requires { layer::gives_probabilities; })
        return layer::gives_probabilities ? output_range::probabilities : output_range::any;
    else if constexpr (std::same_as<what, role::normalization>)
        return output_range::probabilities;
    else if constexpr (std::same_as<what, role::merge>)
        return output_range::unknown;
    else if constexpr (std::same_as<what, role::pointwise>) {
        if (layer::is_random)
            return output_range::input;
        if (gives_probabilities(layer::label.view()))
            return output_range::probabilities;
        return leaves_probabilities(layer::label.view()) ? output_range::any : output_range::unknown;
    } else
        return parameters_in<head_of_node<Node>>.learnt > 0 ? output_range::any : output_range::input;
}

// Where the numbers of a value come from: the last layer that changed their range. Only layers behind it are
// looked at.
template <class Nodes, std::size_t Inputs, std::size_t Value, bool IsInput = (Value < Inputs)>
struct value_origin {
    static constexpr output_range range = output_range::unknown;
    static constexpr auto label = text("input");
};
template <std::size_t First, std::size_t... Rest>
constexpr std::size_t first_value(value_list<First, Rest...>) {
    return First;
}
template <class Node, class Nodes, std::size_t Inputs, output_range Range>
struct node_origin {
    static constexpr output_range range = Range;
    static constexpr auto label = Node::layer::label;
};
template <class Node, class Nodes, std::size_t Inputs>
struct node_origin<Node, Nodes, Inputs, output_range::input>
    : value_origin<Nodes, Inputs, first_value(typename Node::sources{})> {};
template <class Nodes, std::size_t Inputs, std::size_t Value>
struct value_origin<Nodes, Inputs, Value, false>
    : node_origin<type_at<Value - Inputs, Nodes>, Nodes, Inputs,
                  range_of_node<type_at<Value - Inputs, Nodes>>()> {};

template <class Topology, std::size_t Output>
struct origin_of_output;
template <class Inputs, class... Ends, class... Nodes, std::size_t Output>
struct origin_of_output<topology<Inputs, type_list<Ends...>, Nodes...>, Output>
    : value_origin<type_list<Nodes...>, Inputs::size, type_at<Output, type_list<Ends...>>::value> {};
} // namespace detail

/// What numbers an output of a network has, and the `label` of the layer that they come from, which may stand
/// before layers that only move or average them.
template <class Topology, std::size_t Output>
using output_origin = detail::origin_of_output<plain<Topology>, Output>;

} // namespace strata::bedrock::inline STRATA_SETTING
