// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_attention.hpp>
#include <strata/io/export/onnx_axes.hpp>
#include <strata/io/export/onnx_formulas.hpp>
#include <strata/io/export/onnx_layer.hpp>
#include <strata/io/export/onnx_masks.hpp>
#include <strata/io/export/onnx_norms.hpp>
#include <strata/io/export/onnx_recurrent.hpp>
#include <strata/io/export/onnx_resampling.hpp>
#include <strata/io/export/onnx_rows.hpp>
#include <strata/io/export/onnx_windows.hpp>
#include <strata/layers/layers.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

// What each head is in ONNX. A function says no more than the numbers of the head's type, so that the rest is
// compiled once for all networks. `Layer` is the layer that the head is of, for options that a head does not
// tell.

template <class Layer, class Head>
void write_head(onnx_layer& layer, std::type_identity<Head>) {
    layer.refuse("a layer that ONNX lacks");
}

template <class Layer, std::size_t Inputs, class Kind, std::size_t Units>
void write_head(onnx_layer& layer, std::type_identity<contraction<Inputs, Kind, Units>>) {
    write_dense(layer);
}

template <class Layer>
window_request request_of(const window& geometry) {
    window_request result{geometry};
    if constexpr (requires { Layer::how; }) {
        result.padding = Layer::how.padding.rule;
        result.has_last = Layer::how.has_last;
    }
    return result;
}
template <class Layer, window Geometry, std::size_t Channels, std::size_t Filters, std::size_t Groups,
          bool Transposed, class Kind>
void write_head(onnx_layer& layer,
                std::type_identity<convolution<Geometry, Channels, Filters, Groups, Transposed, Kind>>) {
    if constexpr (Transposed)
        write_transposed(layer, request_of<Layer>(Geometry), Groups);
    else if (layer.has("depthwise_kernel"))
        write_depthwise(layer, request_of<Layer>(Geometry));
    else
        write_convolution(layer, request_of<Layer>(Geometry), Groups);
}
template <class Layer, window Geometry, std::size_t Channels, class Kind>
void write_head(onnx_layer& layer, std::type_identity<depthwise_convolution<Geometry, Channels, Kind>>) {
    write_depthwise(layer, request_of<Layer>(Geometry));
}
template <class Layer, window Geometry, std::size_t Channels, pooled Kind>
void write_head(onnx_layer& layer, std::type_identity<pooling<Geometry, Channels, Kind>>) {
    if constexpr (requires { Layer::how; })
        write_pooling(layer, request_of<Layer>(Geometry), Kind);
    else
        write_global_pooling(layer, Kind);
}

template <class Layer, normalized Kind, std::size_t Rows, std::size_t Channels, std::size_t Groups,
          class Whole>
void write_head(onnx_layer& layer,
                std::type_identity<channel_normalization<Kind, Rows, Channels, Groups, Whole>>) {
    if (Kind == normalized::groups)
        write_group_norm(layer, Groups, Whole::epsilon);
    else
        write_batch_norm(layer, Whole::epsilon, Whole::momentum);
}
template <class Layer, std::size_t Rows, std::size_t Width, bool IsCentered, class Kind, class RowShape>
void write_head(onnx_layer& layer,
                std::type_identity<row_normalization<Rows, Width, IsCentered, Kind, RowShape>>) {
    if (IsCentered)
        write_layer_norm(layer, {RowShape::extents.begin(), RowShape::extents.end()}, Kind::epsilon);
    else
        write_rms_norm(layer, Kind::epsilon);
}
template <class Layer, std::size_t Rows, class Statistics, std::size_t Width>
void write_head(onnx_layer& layer, std::type_identity<feature_normalization<Rows, Statistics, Width>> head) {
    write_known_statistics(layer, decltype(head)::type::least_deviation);
}
template <class Layer, std::size_t Rows, class Slopes, std::size_t Width>
void write_head(onnx_layer& layer, std::type_identity<parametric_rectifier<Rows, Slopes, Width>>) {
    write_slopes(layer);
}

template <class Layer, std::size_t Tokens, std::size_t Vocabulary, std::size_t Width, class Kind>
void write_head(onnx_layer& layer, std::type_identity<lookup<Tokens, Vocabulary, Width, Kind>>) {
    write_lookup(layer);
}
template <class Layer, std::size_t Vocabulary, std::size_t Width, class Table>
void write_head(onnx_layer& layer, std::type_identity<table_product<Vocabulary, Width, Table>>) {
    write_table_product(layer);
}
template <class Layer, std::size_t Steps, std::size_t Width, class Kind>
void write_head(onnx_layer& layer, std::type_identity<position_sum<Steps, Width, Kind>>) {
    write_positions(layer);
}
template <class Layer, std::size_t Steps, std::size_t Heads, std::size_t Width, real Base>
void write_head(onnx_layer& layer, std::type_identity<rotation<Steps, Heads, Width, Base>>) {
    write_rotation(layer, Heads, Width, Base.value());
}
template <class Layer, class Left, class Right, bool Swapped, bool Normalized>
void write_head(onnx_layer& layer, std::type_identity<dot_product<Left, Right, Swapped, Normalized>>) {
    write_dot(layer, {Left::count, Left::length, Left::is_last},
              {Right::count, Right::length, Right::is_last}, Swapped, Normalized);
}

template <class Cell>
recurrent_cell cell_of() {
    bool resets_product = false;
    if constexpr (requires { bool{Cell::resets_product}; })
        resets_product = Cell::resets_product;
    return {Cell::units,
            Cell::states,
            Cell::gates,
            resets_product,
            Cell::is_backwards,
            Cell::is_in_order,
            Cell::is_last_alone,
            Cell::reads_states,
            Cell::makes_states,
            tree_of(std::remove_const_t<decltype(Cell::activation)>::formula),
            tree_of(std::remove_const_t<decltype(Cell::recurrent_activation)>::formula)};
}
template <class Layer, class Cell, std::size_t Steps, std::size_t Inputs>
void write_head(onnx_layer& layer, std::type_identity<recurrence<Cell, Steps, Inputs>>) {
    if constexpr (Cell::reads_mask)
        layer.refuse("whose masked steps may stand anywhere");
    else {
        const recurrent_cell cell = cell_of<Cell>();
        recurrent_writer(layer, cell).write();
    }
}

template <class Layer, attention_shape Sizes, bool IsCausal, real Dropout>
void write_head(onnx_layer& layer, std::type_identity<attention_product<Sizes, IsCausal, Dropout>>) {
    write_attention(layer, Sizes, IsCausal, false, 0);
}
template <class Layer, class Product, bool MasksQueries, std::size_t KeyMasks>
void write_head(onnx_layer& layer, std::type_identity<masked_attention<Product, MasksQueries, KeyMasks>>) {
    write_attention(layer, Product::sizes, Product::is_causal, MasksQueries, KeyMasks);
}

template <class Layer, std::array<resample_axis, 3> Axes, std::size_t Channels>
void write_head(onnx_layer& layer, std::type_identity<resampling<Axes, Channels>>) {
    if (layer.source().rank() == 1)
        write_repetition(layer);
    else
        write_resampling(layer, Axes);
}
template <class Layer, class From, std::size_t... Order>
void write_head(onnx_layer& layer, std::type_identity<permutation<From, Order...>>) {
    write_permutation(layer, {Order...});
}
template <class Layer, class Rule, std::size_t Rows, std::size_t Width, std::size_t Parts>
void write_head(onnx_layer& layer, std::type_identity<merging<Rule, Rows, Width, Parts>> head) {
    write_merge(layer, tree_of(decltype(head)::type::formula));
}
/// In prediction the mean, which is the first of the values.
template <class Layer, std::size_t Rows, std::size_t Width>
void write_head(onnx_layer& layer, std::type_identity<normal_draw<Rows, Width>>) {
    layer.make(layer.source());
}

template <class Layer, std::size_t Rows, std::size_t Width, real Value>
void write_head(onnx_layer& layer, std::type_identity<step_mask<Rows, Width, Value>>) {
    write_step_mask(layer, Value.value());
}
template <class Layer, std::size_t Rows, std::size_t Parts>
void write_head(onnx_layer& layer, std::type_identity<mask_union<Rows, Parts>>) {
    write_mask_union(layer);
}
template <class Layer, auto Steps>
void write_head(onnx_layer& layer, std::type_identity<mask_join<Steps>>) {
    write_mask_join(layer, {Steps.steps.begin(), Steps.steps.end()},
                    std::vector<bool>(Steps.are_masked.begin(), Steps.are_masked.end()));
}
template <class Layer, std::size_t Rows, std::size_t Width>
void write_head(onnx_layer& layer, std::type_identity<hiding<Rows, Width>>) {
    write_hiding(layer);
}
template <class Layer, std::size_t Steps, std::size_t Channels>
void write_head(onnx_layer& layer, std::type_identity<masked_mean<Steps, Channels>>) {
    write_masked_mean(layer);
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
