// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/topology/topology.hpp>

#include <string>

namespace strata {

namespace detail {
template <class Input, class Output, class... Nodes>
std::string describe(topology<Input, Output, Nodes...>) {
    std::string result = concatenate("input ", shape_text<Input>.view());
    for_each_type(type_list<Nodes...>{}, [&]<class Node>(std::type_identity<Node>) {
        append_to(result, " | ");
        append_to(result, Node::layer::label.view());
    });
    return result;
}
} // namespace detail

/// The topology in one line: `input 28 x 28 | flatten | dense<512> | relu`.
template <class Topology>
std::string to_string(std::type_identity<Topology>) {
    return detail::describe(Topology{});
}

} // namespace strata
