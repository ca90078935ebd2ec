// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/activations.hpp>
#include <strata/layers/layer.hpp>
#include <strata/topology/diagnostic.hpp>

namespace strata {

/// One layer of a topology: what it is, which nodes it reads (0 is the input), and the shapes at its ends.
template <class Layer, std::size_t Source, class Input, class Output>
struct node {
    using layer = Layer;
    static constexpr std::size_t source = Source;
    using input = Input;
    using output = Output;
};

/// What a network computes: a flat list of nodes behind an input. Written with the pipe:
/// `input<28, 28> | flatten | dense<10> | softmax`.
template <class Input, class Output, class... Nodes>
struct topology {
    using input_shape = Input;
    using output_shape = Output;
    using nodes = type_list<Nodes...>;
};

/// Layers in a row without an input, to be reused: `constexpr auto block = dense<64> | relu;`.
template <class... Layers>
struct fragment {};

/// Where a topology begins: the shape of one sample, without the batch axis.
template <std::size_t... Extents>
inline constexpr topology<shape<Extents...>, shape<Extents...>> input{};

namespace detail {
template <class T>
inline constexpr bool is_topology = false;
template <class Input, class Output, class... Nodes>
inline constexpr bool is_topology<topology<Input, Output, Nodes...>> = true;

template <class... Layers>
constexpr auto as_fragment(fragment<Layers...> layers) {
    return layers;
}
template <layer Layer>
constexpr auto as_fragment(Layer) {
    return fragment<Layer>{};
}
constexpr auto as_fragment(tanh_layer (*)(tanh_layer)) { return fragment<tanh_layer>{}; }

template <class T>
concept piece = requires(T value) {
    as_fragment(value);
};

template <std::size_t Position, class Layer, class Shape>
consteval bool check() {
    if constexpr (accepts<Layer, Shape>)
        return true;
    else
        return reject<Layer, text("layer ") + number_text<Position> + text(", ") + Layer::label,
                      text("cannot take ") + shape_text<Shape>,
                      text("it accepts ") + Layer::template wants<Shape>>();
}

template <class Input, class Output, class... Nodes, class Layer>
constexpr auto append(topology<Input, Output, Nodes...> before, fragment<Layer>) {
    constexpr std::size_t position = sizeof...(Nodes) + 1;
    if constexpr (check<position, Layer, Output>()) {
        using next = typename Layer::template output<Output>;
        return topology<Input, next, Nodes..., node<Layer, position - 1, Output, next>>{};
    } else
        return before;
}

// Lets a fold expression append one layer after another.
template <class Topology>
struct appending {
    Topology value;
    template <class Layer>
    constexpr auto operator<<(fragment<Layer> next) const {
        return appending<decltype(append(value, next))>{};
    }
};

template <class Topology, class... Layers>
constexpr auto append_all(Topology before, fragment<Layers...>) {
    return (appending<Topology>{before} << ... << fragment<Layers>{}).value;
}

template <class... Left, class... Right>
constexpr auto join(fragment<Left...>, fragment<Right...>) {
    return fragment<Left..., Right...>{};
}
} // namespace detail

/// Puts a layer, or several, behind a topology. One that does not fit is a compile-time error which names the
/// layer, its position, the shape that it got and what it accepts.
template <class Input, class Output, class... Nodes, detail::piece Piece>
constexpr auto operator|(topology<Input, Output, Nodes...> before, Piece next) {
    return detail::append_all(before, detail::as_fragment(next));
}
template <class Input, class Output, class... Nodes>
constexpr auto operator|(topology<Input, Output, Nodes...> before, tanh_layer (*next)(tanh_layer)) {
    return detail::append_all(before, detail::as_fragment(next));
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
template <class Input, class Output, class... Nodes>
inline constexpr std::size_t length<topology<Input, Output, Nodes...>> = sizeof...(Nodes) + 1;
} // namespace detail

/// An input behind other layers is a compile-time error.
template <class Left, class Input, class Output, class... Nodes>
    requires(detail::is_topology<Left> || detail::piece<Left>)
constexpr auto operator|(Left left, topology<Input, Output, Nodes...>) {
    static_assert(
        detail::reject<Left, text("an input after ") + number_text<detail::length<Left>> + text(" others"),
                       text("a topology has one, at its head")>());
    return left;
}

} // namespace strata
