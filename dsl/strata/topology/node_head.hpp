// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/setting.hpp>
#include <strata/topology/topology.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <class Layer, class Input, class Role = typename Layer::role>
struct head_of_layer {
    using type = no_head;
};
template <class Layer, class Input>
struct head_of_layer<Layer, Input, role::head> {
    using type = typename Layer::template head<Input>;
};
template <class Layer, class Input>
struct head_of_layer<Layer, Input, role::training_head> : head_of_layer<Layer, Input, role::head> {};
template <class Layer, class... Shapes>
struct head_of_layer<Layer, type_list<Shapes...>, role::merge> {
    using type = typename Layer::template head_of<Shapes...>;
};
} // namespace detail

/// The head that a node is: what its kernels are found by, and what says which parameters it has.
template <class Node>
using head_of_node = typename detail::head_of_layer<typename Node::layer, typename Node::input>::type;

} // namespace strata::bedrock::inline STRATA_SETTING
