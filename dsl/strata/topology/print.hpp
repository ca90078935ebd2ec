// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/topology/topology.hpp>

#include <string>

namespace strata::bedrock {

namespace detail {
template <std::size_t First, std::size_t... Rest>
std::string values_text(value_list<First, Rest...>) {
    std::string result = concatenate(First);
    (append_to(result, concatenate(" ", Rest)), ...);
    return result;
}

template <class First, class... Rest, class... Ends, class... Nodes>
std::string describe(topology<type_list<First, Rest...>, type_list<Ends...>, Nodes...>) {
    std::string result = concatenate("input ", shape_text<First>.view());
    (append_to(result, concatenate(", ", shape_text<Rest>.view())), ...);
    std::size_t value = sizeof...(Rest);
    for_each_type(type_list<Nodes...>{}, [&]<class Node>(std::type_identity<Node>) {
        append_to(result, " | ");
        append_to(result, Node::layer::label.view());
        const std::string sources = values_text(typename Node::sources{});
        if (sources != concatenate(value))
            append_to(result, concatenate(" of ", sources));
        ++value;
    });
    if (sizeof...(Ends) > 1) {
        append_to(result, " | outputs");
        (append_to(result, concatenate(" ", Ends::value)), ...);
    }
    return result;
}
} // namespace detail

/// The topology in one line: `input 28 x 28 | flatten | dense<512> | relu`. A layer that does not read the
/// value before it, or reads several, says the numbers of its values: inputs come first, then layers.
template <class Topology>
std::string to_string(std::type_identity<Topology>) {
    return detail::describe(Topology{});
}

} // namespace strata::bedrock
