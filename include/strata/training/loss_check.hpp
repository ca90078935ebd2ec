// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/diagnostic.hpp>
#include <strata/learning/loss_list.hpp>
#include <strata/plan/mask_use.hpp>
#include <strata/plan/output_range.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::internal {

// Whether losses fit the outputs of a network: errors at compile time.
template <class Loss, class Topology, std::size_t Output>
consteval bool check_range() {
    using origin = output_origin<Topology, Output>;
    if constexpr (Loss::takes_logits) {
        if constexpr (origin::range != output_range::probabilities)
            return true;
        else
            return reject<Topology, text("the loss ") + Loss::name, text("cannot take ") + origin::label,
                          "it wants logits: leave it out">();
    } else if constexpr (detail::reads_logits<Loss>) {
        if constexpr (origin::range != output_range::probabilities)
            return true;
        else
            return reject<Topology, text("from_logits(...) cannot take ") + origin::label,
                          "whose results are no logits: leave one of both out">();
    } else if constexpr (!detail::is_cross_entropy<Loss> || origin::range != output_range::any)
        return true;
    else
        return reject<Topology, text("the loss ") + Loss::name, text("cannot take ") + origin::label,
                      text("it wants probabilities: put ") + Loss::shortcut::link::label +
                          text(" behind it,"),
                      "or take from_logits(...) of this loss">();
}
template <class Loss, class Shape, class Topology, std::size_t Output>
consteval bool check_loss() {
    constexpr bool is_masked = mask_size<Topology, Output> != 0;
    constexpr bool mixes_rows = (Loss::of_samples && !Loss::of_sequences) || Loss::of_batches;
    if constexpr (Loss::template accepts<Shape> && is_masked && mixes_rows)
        return reject<Shape, text("the loss ") + Loss::name, text("cannot take a mask"),
                      "it looks at all rows together">();
    else if constexpr (Loss::template accepts<Shape>)
        return check_range<Loss, Topology, Output>();
    else if constexpr (!Loss::is_bound)
        return reject<Shape, text("the loss ") + Loss::name, "is no formula of",
                      "prediction and target alone">();
    else if constexpr (Loss::of_batches)
        return reject<Shape, text("the loss ") + Loss::name, text("cannot take ") + shape_text<Shape>,
                      "a place in a space is", "one row of numbers: flatten">();
    else if constexpr (Loss::of_sequences)
        return reject<Shape, text("the loss ") + Loss::name, text("cannot take ") + shape_text<Shape>,
                      "it wants steps x classes,", "2 classes or more">();
    else
        return reject<Shape, text("the loss ") + Loss::name, text("cannot take ") + shape_text<Shape>,
                      "it needs 2 classes or more">();
}
template <class Losses, class Topology, class... Shapes, std::size_t... I>
consteval bool check_each_loss(type_list<Shapes...>, std::index_sequence<I...>) {
    return (check_loss<typename Losses::template element<I>::loss, Shapes, Topology, I>() && ...);
}
template <class Losses, class Topology, class... Shapes>
consteval bool check_losses(type_list<Shapes...> shapes) {
    if constexpr (Losses::size == sizeof...(Shapes))
        return check_each_loss<Losses, Topology>(shapes, std::index_sequence_for<Shapes...>{});
    else
        return reject<Losses, number_text<Losses::size> + text(" losses"),
                      text("for ") + number_text<sizeof...(Shapes)> + text(" outputs"),
                      "it needs one each: losses(...)">();
}

/// Narrow weights cannot take small steps: most would be rounded away.
template <class Model>
consteval bool check_trainable() {
    if constexpr (requires { typename Model::weight_type; })
        return reject<Model, "narrow weights cannot be trained:", "train a model<topology>,",
                      "and make the narrow one from it">();
    else
        return true;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
