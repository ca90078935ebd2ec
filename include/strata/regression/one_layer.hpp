// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/numbered_type.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/layers/activations.hpp>
#include <strata/model/model.hpp>
#include <strata/setting.hpp>

#include <concepts>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
// A stage that begins with a product and has no dropout. Others do not exist here.
template <class Stage>
struct product_stage {
    static constexpr bool exists = false;
};
template <class Layer, std::size_t Inputs, std::size_t Units, class Tail, class Closing>
struct product_stage<stage<contraction<Inputs, Layer, Units>, Tail, Closing, 1>> {
    using tail = Tail;
    using closing = Closing;
    using layer = Layer;
    static constexpr bool exists = Tail::dropout_count == 0;
    static constexpr std::size_t inputs = Inputs;
    static constexpr std::size_t outputs = Units;
};

// The stage of a model that has no more than one.
template <class Stages>
struct find_single_stage {
    static constexpr bool exists = false;
};
template <class Stage>
struct find_single_stage<stage_list<Stage>> : product_stage<plain<Stage>> {};

template <class Model>
using single_stage = find_single_stage<typename Model::stages>;

template <class Tail>
inline constexpr bool is_sigmoid_tail =
    std::same_as<type_of<Tail::prediction>, type_of<frozen<formulas::logistic>>>;
template <class Tail>
inline constexpr bool is_empty_tail = std::same_as<type_of<Tail::prediction>, type_of<symbols::x>>;

template <class Model>
inline constexpr bool has_single_stage = [] {
    if constexpr (requires { typename Model::stages; })
        return single_stage<Model>::exists;
    else
        return false;
}();
template <class Model>
consteval bool is_linear_model() {
    if constexpr (has_single_stage<Model>) {
        using stage_type = single_stage<Model>;
        return is_empty_tail<typename stage_type::tail> &&
               std::same_as<typename stage_type::closing, no_closing>;
    } else
        return false;
}
template <class Model>
consteval bool is_logistic_model() {
    if constexpr (has_single_stage<Model>) {
        using stage_type = single_stage<Model>;
        return is_sigmoid_tail<typename stage_type::tail> &&
               std::same_as<typename stage_type::closing, no_closing> && stage_type::outputs == 1;
    } else
        return false;
}
template <class Model>
consteval bool is_softmax_model() {
    if constexpr (has_single_stage<Model>) {
        using stage_type = single_stage<Model>;
        return is_empty_tail<typename stage_type::tail> &&
               std::same_as<typename stage_type::closing, closing_softmax<stage_type::outputs>>;
    } else
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
inline constexpr bool has_intercept = internal::single_stage<Model>::layer::has_bias;

} // namespace strata::bedrock::inline STRATA_SETTING
