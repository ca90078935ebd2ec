// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_list.hpp>
#include <strata/layers/merge.hpp>
#include <strata/setting.hpp>
#include <strata/topology/topology.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <class... Left, class... Right>
constexpr auto join(type_list<Left...>, type_list<Right...>) {
    return type_list<Left..., Right...>{};
}

// A fragment, and the open ends that it is appended to.
template <class Ends, class Fragment>
struct branch {};

// The growth by several fragments, each of which is appended to open ends of its own. The open ends that they
// leave are collected.
template <class Growth>
struct branching;
template <std::size_t Inputs, std::size_t NodeCount, class Collected, class... Nodes>
struct branching<growth<site<Inputs, NodeCount, Collected>, Nodes...>> {
    using result = growth<site<Inputs, NodeCount, Collected>, Nodes...>;

    // Lets a fold expression grow one branch after another.
    template <class Ends, class... Layers>
    constexpr auto operator<<(branch<Ends, fragment<Layers...>>) const {
        return collect(append_all(site<Inputs, NodeCount, Ends>{}, fragment<Layers...>{}));
    }

private:
    template <std::size_t GrownCount, class Ends, class... Added>
    static constexpr auto collect(growth<site<Inputs, GrownCount, Ends>, Added...>) {
        return branching<
            growth<site<Inputs, GrownCount, decltype(join(Collected{}, Ends{}))>, Nodes..., Added...>>{};
    }
};
template <std::size_t Inputs, std::size_t NodeCount>
using no_branches = branching<growth<site<Inputs, NodeCount, type_list<>>>>;
} // namespace detail

/// Fragments beside each other. Behind one value, each gets that value. Behind several, there must be as many
/// fragments, and each gets one.
template <class... Fragments>
struct fork : split_base {
    static constexpr auto label = number_text<sizeof...(Fragments)> + " branches";

    template <std::size_t Inputs, std::size_t NodeCount, class End>
    static constexpr auto append_to(detail::site<Inputs, NodeCount, type_list<End>>) {
        return typename decltype((detail::no_branches<Inputs, NodeCount>{}
                                  << ... << detail::branch<type_list<End>, Fragments>{}))::result{};
    }
    template <std::size_t Inputs, std::size_t NodeCount, class... Ends>
        requires(sizeof...(Ends) > 1)
    static constexpr auto append_to(detail::site<Inputs, NodeCount, type_list<Ends...>> start) {
        if constexpr (sizeof...(Ends) == sizeof...(Fragments)) {
            return typename decltype((detail::no_branches<Inputs, NodeCount>{}
                                      << ... << detail::branch<type_list<Ends>, Fragments>{}))::result{};
        } else {
            static_assert(detail::reject<decltype(start), detail::place_text<NodeCount + 1, fork>,
                                         text("cannot take ") + detail::shapes_text<typename Ends::shape...>,
                                         text("it accepts one value, or one each")>());
            return detail::growth<decltype(start)>{};
        }
    }
};

/// Fragments beside each other, each of which gets all values.
template <class... Fragments>
struct fork_of_all : split_base {
    template <std::size_t Inputs, std::size_t NodeCount, class Ends>
    static constexpr auto append_to(detail::site<Inputs, NodeCount, Ends>) {
        return typename decltype((detail::no_branches<Inputs, NodeCount>{}
                                  << ... << detail::branch<Ends, Fragments>{}))::result{};
    }
};

/// One of several values alone.
template <std::size_t Index>
struct picked : split_base {
    static constexpr auto label = text("pick<") + number_text<Index> + ">";

    template <std::size_t Inputs, std::size_t NodeCount, class... Ends>
    static constexpr auto append_to(detail::site<Inputs, NodeCount, type_list<Ends...>> start) {
        if constexpr (Index < sizeof...(Ends)) {
            using end = type_at<Index, type_list<Ends...>>;
            return detail::growth<detail::site<Inputs, NodeCount, type_list<end>>>{};
        } else {
            static_assert(detail::reject<decltype(start), detail::place_text<NodeCount + 1, picked>,
                                         text("cannot take ") + detail::shapes_text<typename Ends::shape...>,
                                         text("it accepts ") + number_text<Index + 1> + " values or more">());
            return detail::growth<decltype(start)>{};
        }
    }
};

/// A fragment whose result is added to its input, or to what a projection makes of it.
template <class Body, class Projection>
struct bypass;
template <class... Body, class... Projection>
struct bypass<fragment<Body...>, fragment<Projection...>> : split_base {
    template <class Site>
    static constexpr auto append_to(Site start) {
        return detail::append_all(
            start, fragment<fork<fragment<Body...>, fragment<Projection...>>, residual_layer>{});
    }
};

/// Fragments beside each other, to be joined by what follows: `branches(a, b) | concat<>`, `| add`. Without
/// anything behind them a network has several outputs.
template <class... Pieces>
constexpr auto branches(Pieces... pieces) {
    return fork<decltype(detail::as_fragment(pieces))...>{};
}

/// Fragments behind several values, each of which gets all of them: `branches(dense<2>, dense<2>) |
/// with_all(sampling | decoder, pick<0>, pick<1>)`.
template <class... Pieces>
constexpr auto with_all(Pieces... pieces) {
    return fork_of_all<decltype(detail::as_fragment(pieces))...>{};
}
/// One of several values, counted from 0.
template <std::size_t Index>
inline constexpr picked<Index> pick{};

/// x + fragment(x), or projection(x) + fragment(x) where the fragment changes the shape (He et al. 2015).
template <class Piece>
constexpr auto residual(Piece body) {
    return bypass<decltype(detail::as_fragment(body)), fragment<>>{};
}
template <class Piece, class Projection>
constexpr auto residual(Piece body, Projection projection) {
    return bypass<decltype(detail::as_fragment(body)), decltype(detail::as_fragment(projection))>{};
}

/// Passes a value on as it is: an empty branch.
inline constexpr fragment<> identity{};

template <std::size_t Times, class Fragment>
struct repeated;
template <std::size_t Times, class... Layers>
struct repeated<Times, fragment<Layers...>> : split_base {
    template <class Site>
    static constexpr auto append_to(Site start) {
        if constexpr (Times == 0)
            return detail::growth<Site>{};
        else if constexpr (Times == 1)
            return detail::append_all(start, fragment<Layers...>{});
        else {
            // The halves are repeated and joined, which keeps the types in between short.
            using first = decltype(repeated<Times / 2, fragment<Layers...>>::append_to(start));
            using rest = repeated<Times - Times / 2, fragment<Layers...>>;
            using second = decltype(rest::append_to(typename first::end_site{}));
            return typename detail::joined<first, second>::type{};
        }
    }
};

/// A fragment so many times in a row, with parameters of its own each time.
template <std::size_t Times, class Piece>
constexpr auto repeat(Piece piece) {
    return repeated<Times, decltype(detail::as_fragment(piece))>{};
}

namespace detail {
template <class... Shapes, std::size_t... I>
constexpr auto make_inputs(type_list<Shapes...>, std::index_sequence<I...>) {
    return topology<type_list<Shapes...>, type_list<open_end<I, Shapes>...>>{};
}
template <class Shape, class Ends>
Shape shape_of(topology<type_list<Shape>, Ends>);
} // namespace detail

/// Several inputs beside each other: `inputs(input<8>, input<4, 4>) | branches(a, b) | concat<>`.
template <class... Inputs>
constexpr auto inputs(Inputs... topologies) {
    return detail::make_inputs(type_list<decltype(detail::shape_of(topologies))...>{},
                               std::index_sequence_for<Inputs...>{});
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::branches;
using bedrock::identity;
using bedrock::inputs;
using bedrock::pick;
using bedrock::repeat;
using bedrock::residual;
using bedrock::with_all;
} // namespace strata
