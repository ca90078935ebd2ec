// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/cut.hpp>
#include <strata/plan/stepping.hpp>
#include <strata/plan/token_bounds.hpp>
#include <strata/setting.hpp>

#include <array>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <class Shape>
struct step_of {
    using type = Shape;
};
/// Of tokens, a token.
template <std::size_t Steps>
struct step_of<shape<Steps>> {
    using type = shape<1>;
};
template <std::size_t Steps, std::size_t First, std::size_t... Rest>
struct step_of<shape<Steps, First, Rest...>> {
    using type = shape<First, Rest...>;
};
template <class... Shapes>
struct step_of<type_list<Shapes...>> {
    using type = type_list<typename step_of<Shapes>::type...>;
};

// How a layer looks along time. Formulas of elements and of rows see one step.
template <class Layer, class... Shapes>
constexpr time_view view_in_time(type_list<Shapes...>) {
    using chosen = typename Layer::role;
    if constexpr (std::same_as<chosen, role::pointwise> || std::same_as<chosen, role::training_head>)
        return each_step;
    else if constexpr (std::same_as<chosen, role::normalization>)
        return each_row<Shapes...>;
    else
        return Layer::template view<Shapes...>;
}
template <class Layer, std::size_t... Extents>
constexpr time_view view_in_time(shape<Extents...>) {
    return view_in_time<Layer>(type_list<shape<Extents...>>{});
}
template <class Node>
inline constexpr time_view view_of_node = view_in_time<typename Node::layer>(typename Node::input{});

struct node_time {
    time_view view;
    std::size_t sources;
};

/// Which values are sequences: inputs, and what is made of sequences unless only the last step is left.
template <std::size_t Inputs, std::size_t Nodes, std::size_t Sources>
constexpr auto find_sequences(const std::array<node_time, Nodes>& nodes,
                              const std::array<std::size_t, Sources>& sources) {
    std::array<bool, Inputs + Nodes> result{};
    for (std::size_t input = 0; input < Inputs; ++input)
        result[input] = true;
    std::size_t source = 0;
    for (std::size_t node = 0; node < Nodes; ++node) {
        bool reads_sequence = false;
        for (std::size_t i = 0; i < nodes[node].sources; ++i)
            reads_sequence |= result[sources[source++]];
        result[Inputs + node] = reads_sequence && nodes[node].view.what != sight::last_state;
    }
    return result;
}

template <class Topology>
struct time_flow;
template <class Inputs, class Ends, class... Nodes>
struct time_flow<topology<Inputs, Ends, Nodes...>> {
    static constexpr std::size_t source_count =
        total(std::array<std::size_t, sizeof...(Nodes)>{count_of(typename Nodes::sources{})...});
    static constexpr auto sources = collect_sources<source_count>(typename Nodes::sources{}...);
    static constexpr std::array<node_time, sizeof...(Nodes)> nodes{
        node_time{view_of_node<Nodes>, count_of(typename Nodes::sources{})}...};
    static constexpr auto sequences = find_sequences<Inputs::size>(nodes, sources);
};

template <class Flow, std::size_t... Sources>
constexpr bool reads_sequence(value_list<Sources...>) {
    return (Flow::sequences[Sources] || ...);
}
// How a node looks along time at what it reads. What no sequence is, as a last state that was repeated, is
// whole behind the last step alone, and so is what it is merged with.
template <class Flow, std::size_t... Sources>
constexpr time_view view_of_sources(time_view view, value_list<Sources...>) {
    constexpr bool reads_any = (Flow::sequences[Sources] || ...);
    constexpr bool reads_all = (Flow::sequences[Sources] && ...);
    return reads_all && reads_any ? view : reads_any ? whole_sequence : each_step;
}

// The layer for one step of a sequence.
template <class Node, sight What = view_of_node<Node>.what>
struct layer_of_step {
    using type = typename Node::layer;
};
template <class Node>
    requires requires { typename Node::layer::step_layer; }
struct layer_of_step<Node, sight::step> {
    using type = typename Node::layer::step_layer;
};
template <class Node, sight What>
    requires(What == sight::past || What == sight::state || What == sight::last_state || What == sight::ahead)
struct layer_of_step<Node, What> {
    using layer = typename Node::layer;
    using type =
        std::conditional_t<merges<layer>, stepping_merge<layer, head_of_node<Node>, view_of_node<Node>>,
                           stepping_layer<layer, head_of_node<Node>, view_of_node<Node>>>;
};

template <bool IsSequence, class Shape>
struct step_if {
    using type = Shape;
};
template <class Shape>
struct step_if<true, Shape> : step_of<Shape> {};

template <class Node, std::size_t Value, class Flow, bool ReadsSequence>
struct node_of_step {
    using type = Node;
};
template <class Node, std::size_t Value, class Flow>
struct node_of_step<Node, Value, Flow, true> {
    using type = node<typename layer_of_step<Node>::type, typename Node::sources,
                      typename step_of<typename Node::input>::type,
                      typename step_if<Flow::sequences[Value], typename Node::output>::type>;
};

template <class Topology, class Numbers>
struct step_network;
template <class... Inputs, class... Ends, class... Nodes, std::size_t... Number>
struct step_network<topology<type_list<Inputs...>, type_list<Ends...>, Nodes...>,
                    std::index_sequence<Number...>> {
    using flow = time_flow<topology<type_list<Inputs...>, type_list<Ends...>, Nodes...>>;
    using type = topology<type_list<typename step_of<Inputs>::type...>,
                          type_list<open_end<Ends::value, typename step_if<flow::sequences[Ends::value],
                                                                           typename Ends::shape>::type>...>,
                          typename node_of_step<Nodes, sizeof...(Inputs) + Number, flow,
                                                reads_sequence<flow>(typename Nodes::sources{})>::type...>;
};

template <std::size_t Position, class Layer, time_view View, bool Waits>
consteval bool check_node() {
    if constexpr (!is_streamable(View, Waits))
        return reject<Layer, place_text<Position, Layer>, text("cannot be in a stream:"), time_text<View>>();
    return true;
}
template <class Shape, bool AreTokens>
consteval bool check_sequence() {
    if constexpr (Shape::rank < 2 && !(AreTokens && Shape::rank == 1))
        return reject<Shape, text("a stream cannot take ") + shape_text<Shape>,
                      text("it takes steps of features")>();
    return true;
}
/// `Waits`: for layers that look ahead.
template <bool Waits, class... Inputs, class... Ends, class... Nodes>
consteval bool check_stream(topology<type_list<Inputs...>, type_list<Ends...>, Nodes...>) {
    using whole = topology<type_list<Inputs...>, type_list<Ends...>, Nodes...>;
    static_cast<void>([]<std::size_t... Number>(std::index_sequence<Number...>) {
        return (check_sequence<Inputs, (token_bounds<whole>[Number] > 0)>() && ...);
    }(std::index_sequence_for<Inputs...>{}));
    return []<std::size_t... Number>(std::index_sequence<Number...>) {
        using flow = time_flow<whole>;
        const bool results[] = {
            check_node<Number + 1, typename Nodes::layer,
                       view_of_sources<flow>(flow::nodes[Number].view, typename Nodes::sources{}),
                       Waits>()...};
        return results[0];
    }
    (std::index_sequence_for<Nodes...>{});
}
} // namespace detail

/// Whether a stream can run a topology: each layer behind its inputs, [steps, features], looks at one step,
/// at steps before, or at a state. Never an error.
template <class Topology>
inline constexpr bool has_stream = [] {
    return []<class... Inputs, class Ends, class... Nodes>(topology<type_list<Inputs...>, Ends, Nodes...>) {
        using flow = detail::time_flow<plain<Topology>>;
        bool result = true;
        std::size_t input = 0;
        for (const std::size_t rank : {Inputs::rank...})
            result = (rank >= 2 || (rank == 1 && token_bounds<Topology>[input] > 0)) && result, ++input;
        std::size_t number = 0;
        ((result = result && is_streamable(detail::view_of_sources<flow>(flow::nodes[number++].view,
                                                                         typename Nodes::sources{}))),
         ...);
        return result;
    }(Topology{});
}();

/// The network that makes one step of what a topology makes of a sequence: each value is a step of what it
/// was, the nodes keep their numbers, and layers that look back or ahead or have a state are `stepping`
/// heads.
template <class Inputs, class Ends, class... Nodes>
constexpr auto steps_of(topology<Inputs, Ends, Nodes...>) {
    return typename detail::step_network<topology<Inputs, Ends, Nodes...>,
                                         std::index_sequence_for<Nodes...>>::type{};
}
/// The same as a type that has a name as short as the topology's.
template <class Topology>
struct stepped : decltype(steps_of(Topology{})) {
    using plain = decltype(steps_of(Topology{}));
};

} // namespace strata::bedrock::inline STRATA_SETTING
