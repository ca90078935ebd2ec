// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/topology/topology.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <class Node, std::size_t Inputs, std::size_t First, std::size_t... Others>
constexpr void note_tokens(std::array<std::size_t, Inputs>& bounds, value_list<First, Others...>) {
    if constexpr (Node::layer::reads_tokens && First < Inputs) {
        std::size_t& bound = bounds[First];
        bound = bound == 0 ? Node::layer::vocabulary : std::min(bound, Node::layer::vocabulary);
    }
}
template <class... Inputs, class Ends, class... Nodes>
constexpr auto bounds_of_tokens(topology<type_list<Inputs...>, Ends, Nodes...>) {
    std::array<std::size_t, sizeof...(Inputs)> result{};
    for_each_type(type_list<Nodes...>{}, [&]<class Node>(std::type_identity<Node>) {
        note_tokens<Node>(result, typename Node::sources{});
    });
    return result;
}
} // namespace detail

/// For each input of a topology whose numbers are tokens, how many there are; 0 for other inputs.
template <class Topology>
inline constexpr auto token_bounds = detail::bounds_of_tokens(Topology{});

/// Whether a topology reads tokens.
template <class Topology>
inline constexpr bool reads_tokens = [] {
    bool result = false;
    for (const std::size_t bound : token_bounds<Topology>)
        result = result || bound > 0;
    return result;
}();

} // namespace strata::bedrock::inline STRATA_SETTING
