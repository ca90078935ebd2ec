// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/diagnostic.hpp>
#include <strata/layers/common_activations.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/slice.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Numbers of values: those that a node reads, or those that are left open. The inputs have the first
/// numbers; the value that node n makes has the number n + inputs.
template <std::size_t... Values>
struct value_list {};

/// One layer of a topology: what it is, which values it reads, and the shapes at its ends. `Input` is the
/// shape of the first of its values.
template <class Layer, class Sources, class Input, class Output>
struct node {
    using layer = Layer;
    using sources = Sources;
    using input = Input;
    using output = Output;
};

/// A value that the next layer continues from.
template <std::size_t Value, class Shape>
struct open_end {
    static constexpr std::size_t value = Value;
    static constexpr bool is_masked = false;
    using shape = Shape;
};

namespace detail {
template <class First, class...>
struct first_type {
    using type = First;
};
} // namespace detail

/// What a network computes: a flat list of nodes behind one or several inputs, and its open ends. Written
/// with the pipe: `input<28, 28> | flatten | dense<10> | softmax`.
template <class Inputs, class Ends, class... Nodes>
struct topology;

template <class... Inputs, class... Ends, class... Nodes>
struct topology<type_list<Inputs...>, type_list<Ends...>, Nodes...> {
    using inputs = type_list<Inputs...>;
    using outputs = type_list<typename Ends::shape...>;
    using nodes = type_list<Nodes...>;
    /// The shapes of the first input and the first output. Most networks have no other.
    using input_shape = typename detail::first_type<Inputs...>::type;
    using output_shape = typename detail::first_type<typename Ends::shape...>::type;
};

/// Layers in a row without an input, to be reused: `constexpr auto block = dense<64> | relu;`.
template <class... Layers>
struct fragment {};

/// Where a topology begins: the shape of one sample, without the batch axis.
template <std::size_t... Extents>
inline constexpr topology<type_list<shape<Extents...>>, type_list<open_end<0, shape<Extents...>>>> input{};

/// Marks what stands in a fragment beside layers: branches and bypasses.
struct split_base {};

namespace detail {
template <class T>
inline constexpr bool is_topology = false;
template <class... T>
inline constexpr bool is_topology<topology<T...>> = true;

template <class T>
concept splits_values = std::is_base_of_v<split_base, T>;

template <class... Layers>
constexpr auto as_fragment(fragment<Layers...> layers) {
    return layers;
}
template <class Layer>
    requires(layer<Layer> || splits_values<Layer>)
constexpr auto as_fragment(Layer) { return fragment<Layer>{}; }
constexpr auto as_fragment(tanh_layer (*)(tanh_layer)) { return fragment<tanh_layer>{}; }

template <class T>
concept piece = requires(T value) {
    as_fragment(value);
};

template <class Shape, class... Others>
inline constexpr auto shapes_text = (shape_text<Shape> + ... + (text(" beside ") + shape_text<Others>));

// The errors of a layer that does not fit. They say its place, what it got and what it accepts.
template <std::size_t Position, class Layer>
inline constexpr auto place_text = text("layer ") + number_text<Position> + text(", ") + Layer::label;

template <std::size_t Position, class Layer, class Shape>
consteval bool misfit() {
    return reject<Layer, place_text<Position, Layer>, text("cannot take ") + shape_text<Shape>,
                  text("it accepts ") + Layer::template wants<Shape>>();
}
template <std::size_t Position, class Layer, class... Shapes>
consteval bool merge_misfit() {
    return reject<Layer, place_text<Position, Layer>, text("cannot take ") + shapes_text<Shapes...>,
                  text("it accepts ") + Layer::template wants_all<Shapes...>>();
}

template <class Layer>
inline constexpr bool merges = std::same_as<typename Layer::role, role::merge>;

// Where a layer is appended: at these open ends, in a network of so many inputs and nodes. Nothing else of
// the network is part of the type, so that types stay small in a deep network.
template <std::size_t Inputs, std::size_t NodeCount, class Ends>
struct site {};

// The nodes that are added to a network, and the site behind them.
template <class EndSite, class... Nodes>
struct growth {
    using end_site = EndSite;
};
// One growth behind another. A type rather than a function, as below.
template <class Earlier, class Later>
struct joined;
template <class MiddleSite, class... First, class EndSite, class... Second>
struct joined<growth<MiddleSite, First...>, growth<EndSite, Second...>> {
    using type = growth<EndSite, First..., Second...>;
};

// The shapes of a layer's outputs one after another, and where each begins.
template <class... Shapes>
struct outputs_in_row {
    static constexpr std::size_t size = (Shapes::size + ...);
    static constexpr std::array<std::size_t, sizeof...(Shapes)> begins = [] {
        std::array<std::size_t, sizeof...(Shapes)> result{};
        std::size_t next = 0;
        std::size_t begin = 0;
        ((result[next++] = begin, begin += Shapes::size), ...);
        return result;
    }();
};

// A layer of several outputs: the node that makes them all, and a slice for each.
template <class Layer, std::size_t Inputs, std::size_t NodeCount, class Sources, class Input, class... Shapes>
constexpr auto append_several(type_list<Shapes...>) {
    static_assert(sizeof...(Shapes) == Layer::output_count, "strata: a layer has as many outputs as it says");
    using row = outputs_in_row<Shapes...>;
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return growth<site<Inputs, NodeCount + 1 + sizeof...(I),
                           type_list<open_end<Inputs + NodeCount + 1 + I, Shapes>...>>,
                      node<Layer, Sources, Input, shape<row::size>>,
                      node<slice_layer<I, row::begins[I], Shapes>, value_list<Inputs + NodeCount>,
                           shape<row::size>, Shapes>...>{};
    }
    (std::index_sequence_for<Shapes...>{});
}

// Appends a layer to the only open end.
template <std::size_t Inputs, std::size_t NodeCount, std::size_t Value, class Shape, layer Layer>
    requires(!merges<Layer> && !Layer::makes_mask)
constexpr auto attach(site<Inputs, NodeCount, type_list<open_end<Value, Shape>>> start, fragment<Layer>) {
    if constexpr (Layer::reads_tokens && Value >= Inputs) {
        static_assert(reject<Layer, place_text<NodeCount + 1, Layer>, text("cannot take what layers make"),
                             text("it accepts tokens, an input of the network")>());
        return growth<decltype(start)>{};
    } else if constexpr (accepts<Layer, Shape> && Layer::output_count > 1)
        return append_several<Layer, Inputs, NodeCount, value_list<Value>, Shape>(
            typename Layer::template outputs<Shape>{});
    else if constexpr (accepts<Layer, Shape>) {
        using output = typename Layer::template output<Shape>;
        return growth<site<Inputs, NodeCount + 1, type_list<open_end<NodeCount + Inputs, output>>>,
                      node<Layer, value_list<Value>, Shape, output>>{};
    } else {
        static_assert(misfit<NodeCount + 1, Layer, Shape>());
        return growth<decltype(start)>{};
    }
}

// Appends a layer that merges all open ends into one value.
template <std::size_t Inputs, std::size_t NodeCount, class... Ends, layer Layer>
    requires(merges<Layer> && !Layer::makes_mask && !(Ends::is_masked || ...))
constexpr auto attach(site<Inputs, NodeCount, type_list<Ends...>> start, fragment<Layer>) {
    using shapes = type_list<typename Ends::shape...>;
    if constexpr (Layer::template accepts_all<typename Ends::shape...> && Layer::output_count > 1)
        return append_several<Layer, Inputs, NodeCount, value_list<Ends::value...>, shapes>(
            typename Layer::template outputs_of<typename Ends::shape...>{});
    else if constexpr (Layer::template accepts_all<typename Ends::shape...>) {
        using output = typename Layer::template output_of<typename Ends::shape...>;
        return growth<site<Inputs, NodeCount + 1, type_list<open_end<NodeCount + Inputs, output>>>,
                      node<Layer, value_list<Ends::value...>, shapes, output>>{};
    } else {
        static_assert(merge_misfit<NodeCount + 1, Layer, typename Ends::shape...>());
        return growth<decltype(start)>{};
    }
}

// A layer that takes one value does not fit behind several.
template <std::size_t Inputs, std::size_t NodeCount, class... Ends, layer Layer>
    requires(!merges<Layer> && !Layer::makes_mask && sizeof...(Ends) > 1)
constexpr auto attach(site<Inputs, NodeCount, type_list<Ends...>> start, fragment<Layer>) {
    static_assert(reject<Layer, place_text<NodeCount + 1, Layer>,
                         text("cannot take ") + shapes_text<typename Ends::shape...>,
                         text("it accepts one value: put add or concat before it")>());
    return growth<decltype(start)>{};
}

// Branches and bypasses know how to append themselves.
template <class Site, splits_values Split>
constexpr auto attach(Site start, fragment<Split>) {
    return Split::append_to(start);
}

// Lets a fold expression append one layer after another.
template <class EndSite, class... Nodes, class Layer>
constexpr auto operator<<(growth<EndSite, Nodes...> earlier, fragment<Layer> added) {
    return typename joined<decltype(earlier), decltype(attach(EndSite{}, added))>::type{};
}

template <class Site, class... Layers>
constexpr auto append_all(Site, fragment<Layers...>) {
    return (growth<Site>{} << ... << fragment<Layers>{});
}

// Types rather than functions, since compilers write out the name of each function, which would be as long as
// the network.
template <class Topology, class Growth>
struct grown;
template <class Inputs, class OldEnds, class... Nodes, std::size_t Count, std::size_t Position, class Ends,
          class... Added>
struct grown<topology<Inputs, OldEnds, Nodes...>, growth<site<Count, Position, Ends>, Added...>> {
    using type = topology<Inputs, Ends, Nodes..., Added...>;
};
template <class Topology, class Fragment>
struct extension;
template <class Inputs, class Ends, class... Nodes, class Fragment>
struct extension<topology<Inputs, Ends, Nodes...>, Fragment> {
    using start_site = site<Inputs::size, sizeof...(Nodes), Ends>;
    using type = typename grown<topology<Inputs, Ends, Nodes...>,
                                decltype(append_all(start_site{}, Fragment{}))>::type;
};

template <class... Left, class... Right>
constexpr auto join(fragment<Left...>, fragment<Right...>) {
    return fragment<Left..., Right...>{};
}
} // namespace detail

/// Puts a layer, or several, behind a topology. One that does not fit is a compile-time error which names the
/// layer, its position, the shape that it got and what it accepts.
template <class... Topology, detail::piece Piece>
constexpr auto operator|(topology<Topology...>, Piece) {
    using added = decltype(detail::as_fragment(Piece{}));
    return typename detail::extension<topology<Topology...>, added>::type{};
}
template <class... Topology>
constexpr auto operator|(topology<Topology...>, tanh_layer (*)(tanh_layer)) {
    return typename detail::extension<topology<Topology...>, fragment<tanh_layer>>::type{};
}

template <detail::piece Left, detail::piece Right>
constexpr auto operator|(Left left, Right right) {
    return detail::join(detail::as_fragment(left), detail::as_fragment(right));
}
template <detail::piece Left>
constexpr auto operator|(Left left, tanh_layer (*right)(tanh_layer)) {
    return detail::join(detail::as_fragment(left), detail::as_fragment(right));
}
template <detail::piece Right>
constexpr auto operator|(tanh_layer (*left)(tanh_layer), Right right) {
    return detail::join(detail::as_fragment(left), detail::as_fragment(right));
}

namespace detail {
template <class Left>
inline constexpr std::size_t length = 1;
template <class... Layers>
inline constexpr std::size_t length<fragment<Layers...>> = sizeof...(Layers);
template <class Inputs, class Ends, class... Nodes>
inline constexpr std::size_t length<topology<Inputs, Ends, Nodes...>> = sizeof...(Nodes) + 1;
} // namespace detail

/// An input behind other layers is a compile-time error.
template <class Left, class... Topology>
    requires(detail::is_topology<Left> || detail::piece<Left>)
constexpr auto operator|(Left left, topology<Topology...>) {
    static_assert(
        detail::reject<Left, text("an input after ") + number_text<detail::length<Left>> + text(" others"),
                       text("a topology has one, at its head")>());
    return left;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::input;
} // namespace strata

STRATA_HEADER_END
