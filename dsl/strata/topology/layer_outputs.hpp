// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/topology/topology.hpp>

#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <class Topology, class Numbers>
struct open_network;
template <class... Inputs, class Ends, class... Nodes, std::size_t... Number>
struct open_network<topology<type_list<Inputs...>, Ends, Nodes...>, std::index_sequence<Number...>> {
    static_assert(!(Nodes::layer::makes_mask || ...), "strata: layer_outputs is of networks without masks");
    using type =
        topology<type_list<Inputs...>,
                 type_list<open_end<sizeof...(Inputs) + Number, typename Nodes::output>...>, Nodes...>;
};
} // namespace detail

/// The same network with what each of its layers makes as an output, in the order of `layers_of`: for whoever
/// wants to see inside. Names, parameters and numbers are the network's own, but what passes from layer to
/// layer is written to memory, so it is slower: `model<layer_outputs(net)>` takes the weights of
/// `model<net>`.
template <class Inputs, class Ends, class... Nodes>
constexpr auto layer_outputs(topology<Inputs, Ends, Nodes...>) {
    return typename detail::open_network<topology<Inputs, Ends, Nodes...>,
                                         std::index_sequence_for<Nodes...>>::type{};
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::layer_outputs;
} // namespace strata

STRATA_HEADER_END
