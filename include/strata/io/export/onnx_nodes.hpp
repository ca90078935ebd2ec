// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_heads.hpp>
#include <strata/layers/layers.hpp>
#include <strata/setting.hpp>
#include <strata/topology/node_head.hpp>
#include <strata/topology/time_distributed.hpp>

#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::exports {

// Layers along an axis are told by their own types, since their heads know no axes. Types that derive from
// them, as in a part with a name, are theirs.

template <class Shape, int Axis, int Begin, int End, int Step>
void write_layer(onnx_layer& layer, const axis_slice_layer<Axis, Begin, End, Step>*) {
    using kind = axis_slice_layer<Axis, Begin, End, Step>;
    write_slice(layer, detail::axis_number<Shape, Axis>, kind::template begin<Shape>, Step);
}
template <class Shape, int Axis, bool IsLogarithm>
void write_layer(onnx_layer& layer, const axis_softmax_layer<Axis, IsLogarithm>*) {
    write_softmax(layer, detail::axis_number<Shape, Axis>, IsLogarithm);
}
template <class Shape, reduced Kind, bool Keeps, int... Axes>
void write_layer(onnx_layer& layer, const reduction_layer<Kind, Keeps, Axes...>*) {
    constexpr auto range = reduction_layer<Kind, Keeps, Axes...>::template range<Shape>;
    write_reduction(layer, Kind, range.first, range.last, Keeps);
}
template <class Shape, int Axis>
void write_layer(onnx_layer& layer, const concat_layer<Axis>*) {
    write_concat(layer, detail::axis_number<Shape, Axis>);
}
/// One of several values that a layer before it has made: those are what it reads here. Of a layer that was
/// refused there is one alone.
template <class Shape, std::size_t Number, std::size_t Begin, class Part>
void write_layer(onnx_layer& layer, const slice_layer<Number, Begin, Part>*) {
    layer.make(layer.sources[Number < layer.sources.size() ? Number : 0]);
}

template <class Layer, class Shape>
concept is_told_by_its_type = requires(onnx_layer& layer, const Layer* kind) {
    write_layer<Shape>(layer, kind);
};

template <class Shape>
extents extents_of(Shape) {
    return {Shape::extents.begin(), Shape::extents.end()};
}
template <class Shape, class...>
Shape first_shape(Shape);
template <class Shape, class... Rest>
Shape first_shape(type_list<Shape, Rest...>);

template <class Layer, class Shape, class Head>
void write_kind(onnx_layer& layer) {
    if constexpr (is_told_by_its_type<Layer, Shape>)
        write_layer<Shape>(layer, static_cast<const Layer*>(nullptr));
    else
        write_head<Layer>(layer, std::type_identity<Head>{});
}

template <class Head>
inline constexpr std::size_t distributed_steps = 0;
template <class Head, std::size_t Steps>
inline constexpr std::size_t distributed_steps<distributed<Head, Steps>> = Steps;

/// A layer for each step: the steps of all samples are samples.
template <class Layer, class Shape, class Head>
void write_distributed(onnx_layer& layer) {
    const extents whole = layer.output;
    const onnx_value value = layer.graph.arrange_plain(layer.source());
    const auto regroup = [&](const std::string& name, std::int64_t samples, const extents& shape,
                             std::size_t first) {
        wholes target{samples};
        for (std::size_t axis = first; axis < shape.size(); ++axis)
            target.push_back(static_cast<std::int64_t>(shape[axis]));
        return layer.graph.add("Reshape", {name, layer.graph.constant(target)});
    };
    using rest = typename detail::split_shape<Shape>::rest;
    layer.sources = {{regroup(value.name, -1, value.shape, 1), extents_of(rest{}), plain_axes(rest::rank)}};
    layer.output.erase(layer.output.begin());
    write_kind<Layer, rest, typename Head::each>(layer);
    const onnx_value made = layer.graph.arrange_plain(layer.results.front());
    layer.output = whole;
    layer.make_plain(regroup(made.name, -1, whole, 0));
}

/// A node of a network.
template <class Node>
void write_node(onnx_layer& layer) {
    using kind = typename Node::layer;
    using chosen = typename kind::role;
    using shape = decltype(first_shape(typename Node::input{}));
    if constexpr (std::is_same_v<chosen, role::pointwise>) {
        if constexpr (requires { kind::formula; })
            write_activation(layer, tree_of(kind::formula));
        else if constexpr (kind::is_random) // nothing in prediction
            layer.make(layer.source());
        else
            layer.refuse("a formula that ONNX lacks");
    } else if constexpr (std::is_same_v<chosen, role::training_head>)
        layer.make(layer.source());
    else if constexpr (std::is_same_v<chosen, role::rearrangement>)
        write_rearrangement(layer);
    else if constexpr (std::is_same_v<chosen, role::normalization>)
        write_softmax(layer, shape::rank - 1, false);
    else if constexpr (distributed_steps<head_of_node<Node>> > 0)
        write_distributed<kind, shape, head_of_node<Node>>(layer);
    else
        write_kind<kind, shape, head_of_node<Node>>(layer);
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
