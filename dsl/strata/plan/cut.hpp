// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/stage.hpp>
#include <strata/topology/topology.hpp>

#include <boost/hana/at.hpp>
#include <boost/hana/basic_tuple.hpp>
#include <boost/hana/type.hpp>

#include <array>
#include <cstddef>
#include <utility>

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
enum class node_kind { contraction, pointwise, normalization, rearrangement };

constexpr node_kind kind_of(role::contraction) { return node_kind::contraction; }
constexpr node_kind kind_of(role::pointwise) { return node_kind::pointwise; }
constexpr node_kind kind_of(role::normalization) { return node_kind::normalization; }
constexpr node_kind kind_of(role::rearrangement) { return node_kind::rearrangement; }

inline constexpr std::size_t none = static_cast<std::size_t>(-1);

/// A stage as the numbers of its nodes. Its tail is a part of the list of all pointwise nodes.
struct stage_mark {
    std::size_t first = none;
    std::size_t head = none;
    std::size_t tail_begin = 0;
    std::size_t tail_end = 0;
    std::size_t closing = none;
};

template <std::size_t Nodes>
struct cutting_marks {
    std::array<stage_mark, Nodes> stages{};
    std::size_t stage_count = 0;
    std::array<std::size_t, Nodes> pointwise{};
};

// Numbers first and types afterwards: a loop over an array costs the compiler less than a chain of types.
template <std::size_t Nodes>
constexpr cutting_marks<Nodes> mark_stages(const std::array<node_kind, Nodes>& kinds) {
    cutting_marks<Nodes> marks;
    std::size_t pointwise = 0;
    const auto open = [&](std::size_t node) {
        marks.stages[marks.stage_count++] = {node, none, pointwise, pointwise, none};
    };
    for (std::size_t node = 0; node < Nodes; ++node) {
        if (kinds[node] == node_kind::rearrangement)
            continue;
        const bool can_grow = marks.stage_count > 0 && marks.stages[marks.stage_count - 1].closing == none;
        if (kinds[node] == node_kind::contraction || !can_grow)
            open(node);
        stage_mark& now = marks.stages[marks.stage_count - 1];
        if (kinds[node] == node_kind::contraction)
            now.head = node;
        else if (kinds[node] == node_kind::normalization)
            now.closing = node;
        else {
            marks.pointwise[pointwise++] = node;
            now.tail_end = pointwise;
        }
    }
    return marks;
}

template <class Topology>
struct node_list;
template <class Input, class Output, class... Nodes>
struct node_list<topology<Input, Output, Nodes...>> {
    static constexpr auto marks =
        mark_stages(std::array<node_kind, sizeof...(Nodes)>{kind_of(typename Nodes::layer::role{})...});

    template <std::size_t Index>
    using at = typename decltype(+boost::hana::at_c<Index>(
        boost::hana::basic_tuple<boost::hana::type<Nodes>...>{}))::type;
};

/// Makes the type of one stage of its marks.
template <class Nodes, std::size_t Number>
struct stage_maker {
    static constexpr stage_mark mark = Nodes::marks.stages[Number];
    using first = typename Nodes::template at<mark.first>;

    static constexpr auto make_head() {
        if constexpr (mark.head != none)
            return contraction<first::input::last, typename first::layer, first::output::last>{};
        else
            return pass_through<first::input::size>{};
    }

    template <std::size_t... I>
    static constexpr auto make_tail(std::index_sequence<I...>) {
        return tail<typename Nodes::template at<Nodes::marks.pointwise[mark.tail_begin + I]>::layer...>{};
    }

    static constexpr auto make_closing() {
        if constexpr (mark.closing != none)
            return closing_softmax<Nodes::template at<mark.closing>::input::last>{};
        else
            return no_closing{};
    }

    static constexpr auto make() {
        using head = decltype(make_head());
        using tail = decltype(make_tail(std::make_index_sequence<mark.tail_end - mark.tail_begin>{}));
        constexpr std::size_t rows = mark.head != none ? first::input::size / head::inputs : 1;
        return stage<head, tail, decltype(make_closing()), rows>{};
    }
};

template <class Topology>
struct cutting {
    using nodes = node_list<Topology>;

    template <std::size_t... I>
    static constexpr auto make(std::index_sequence<I...>) {
        if constexpr (sizeof...(I) == 0) // nothing but other names for the axes: a copy
            return stage_list<stage<pass_through<Topology::input_shape::size>, tail<>, no_closing, 1>>{};
        else
            return stage_list<decltype(stage_maker<nodes, I>::make())...>{};
    }
    using type = decltype(make(std::make_index_sequence<nodes::marks.stage_count>{}));
};
} // namespace detail

/// A topology cut into stages: each contraction begins one, pointwise layers join the stage before them, a
/// softmax closes it. Layers that only rename axes vanish.
template <class Topology>
using stages_of = typename detail::cutting<Topology>::type;

} // namespace strata
