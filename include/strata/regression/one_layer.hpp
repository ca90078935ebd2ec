// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/activations.hpp>
#include <strata/model/model.hpp>
#include <strata/setting.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace strata::inline STRATA_SETTING {

namespace internal {
// A model's only stage, where it has one only and that begins with a product and nothing happens by chance.
template <class Stages>
struct only_stage {
    static constexpr bool exists = false;
};
template <class Layer, std::size_t Inputs, std::size_t Units, class Tail, class Closing>
struct only_stage<stage_list<stage<contraction<Inputs, Layer, Units>, Tail, Closing, 1>>> {
    using tail = Tail;
    using closing = Closing;
    using layer = Layer;
    static constexpr bool exists = Tail::dropout_count == 0;
    static constexpr std::size_t inputs = Inputs;
    static constexpr std::size_t outputs = Units;
};

template <class Model>
using only_stage_of = only_stage<typename Model::stages>;

template <class Tail>
inline constexpr bool is_sigmoid_tail =
    std::same_as<std::remove_const_t<decltype(Tail::prediction)>,
                 std::remove_const_t<decltype(frozen<formulas::logistic>)>>;
template <class Tail>
inline constexpr bool is_empty_tail =
    std::same_as<std::remove_const_t<decltype(Tail::prediction)>, std::remove_const_t<decltype(symbols::x)>>;

template <class Model>
consteval bool is_linear_model() {
    using only = only_stage_of<Model>;
    if constexpr (only::exists)
        return is_empty_tail<typename only::tail> && std::same_as<typename only::closing, no_closing>;
    else
        return false;
}
template <class Model>
consteval bool is_logistic_model() {
    using only = only_stage_of<Model>;
    if constexpr (only::exists)
        return is_sigmoid_tail<typename only::tail> && std::same_as<typename only::closing, no_closing> &&
               only::outputs == 1;
    else
        return false;
}
template <class Model>
consteval bool is_softmax_model() {
    using only = only_stage_of<Model>;
    if constexpr (only::exists)
        return is_empty_tail<typename only::tail> &&
               std::same_as<typename only::closing, closing_softmax<only::outputs>>;
    else
        return false;
}
} // namespace internal

/// `input | dense<T>`, however it is written: a linear map of all inputs to T outputs, which can be solved
/// for.
template <class Model>
concept linear_model = internal::is_linear_model<Model>();

/// `input | dense<1> | sigmoid`: the probability of one of two classes.
template <class Model>
concept logistic_model = internal::is_logistic_model<Model>();

/// `input | dense<K> | softmax`: the probabilities of K classes.
template <class Model>
concept softmax_model = internal::is_softmax_model<Model>();

/// Whether a one-layer model has an intercept (a bias, in the network's words).
template <class Model>
inline constexpr bool has_intercept = internal::only_stage_of<Model>::layer::has_bias;

} // namespace strata::inline STRATA_SETTING
