// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/stage.hpp>
#include <strata/topology/topology.hpp>

#include <boost/hana/at.hpp>
#include <boost/hana/basic_tuple.hpp>
#include <boost/hana/type.hpp>

namespace strata {

/// The stages of a network, in order.
template <class... Stages>
struct stage_list {
    static constexpr std::size_t size = sizeof...(Stages);

    /// Finds one by its number without walking through the others.
    template <std::size_t Index>
    using at = typename decltype(+boost::hana::at_c<Index>(
        boost::hana::basic_tuple<boost::hana::type<Stages>...>{}))::type;
};

namespace detail {
struct nothing_open {};

template <class Finished, class Open>
struct cutting;

/// Stages that are finished and the one that still takes layers. `<<` takes one node more.
template <class... Finished, class Open>
struct cutting<stage_list<Finished...>, Open> {
    template <class Node>
    constexpr auto operator<<(Node) const {
        return take<Node>(typename Node::layer::role{});
    }

    static constexpr auto finish() {
        if constexpr (std::same_as<Open, nothing_open>)
            return stage_list<Finished...>{};
        else
            return stage_list<Finished..., Open>{};
    }

private:
    template <class Stage>
    using then = cutting<decltype(finish()), Stage>;
    template <class Stage>
    using now = cutting<stage_list<Finished...>, Stage>;

    template <class Node>
    static constexpr auto take(role::contraction) {
        constexpr std::size_t inputs = Node::input::last;
        using head = contraction<inputs, typename Node::layer, Node::output::last>;
        return then<stage<head, tail<>, no_closing, Node::input::size / inputs>>{};
    }

    template <class Node>
    static constexpr auto take(role::pointwise) {
        using added = tail<typename Node::layer>;
        if constexpr (can_grow())
            return now<
                stage<typename Open::head, typename Open::tail::template followed_by<typename Node::layer>,
                      no_closing, Open::rows>>{};
        else
            return then<stage<pass_through<Node::input::size>, added, no_closing, 1>>{};
    }

    template <class Node>
    static constexpr auto take(role::normalization) {
        using closing = closing_softmax<Node::input::last>;
        if constexpr (can_grow())
            return now<stage<typename Open::head, typename Open::tail, closing, Open::rows>>{};
        else
            return then<stage<pass_through<Node::input::size>, tail<>, closing, 1>>{};
    }

    template <class>
    static constexpr auto take(role::rearrangement) {
        return cutting{};
    }

    static constexpr bool can_grow() {
        if constexpr (std::same_as<Open, nothing_open>)
            return false;
        else
            return !Open::is_closed;
    }
};

template <class Input, class Output, class... Nodes>
constexpr auto cut(topology<Input, Output, Nodes...>) {
    return (cutting<stage_list<>, nothing_open>{} << ... << Nodes{}).finish();
}
} // namespace detail

/// A topology cut into stages: each contraction begins one, pointwise layers join the stage before them, a
/// softmax closes it. Layers that only rename axes vanish.
template <class Topology>
using stages_of = decltype(detail::cut(Topology{}));

} // namespace strata
