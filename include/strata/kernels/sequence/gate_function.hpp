// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/derivative.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/sequence/gate_formulas.hpp>
#include <strata/layers/activations.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// An activation inside a cell, on registers. Training keeps one number for its backward kernels: the result,
/// if the slope is a formula of that, or else what it was computed from.
template <auto Activation>
struct gate_function {
private:
    using layer = type_of<Activation>;
    static constexpr auto from_output = layer::template from_output<>;
    template <auto Formula>
    static constexpr bool is_formula = std::is_same_v<type_of<layer::formula>, type_of<Formula>>;
    static constexpr bool keeps_result = !std::is_same_v<type_of<from_output>, detail::no_formula>;

public:
    template <class V>
    [[nodiscard]] static V value(V x) noexcept {
        if constexpr (internal::is_float_register<V> && is_formula<detail::formulas::logistic>)
            return gate_logistic(x);
        else if constexpr (internal::is_float_register<V> && is_formula<detail::formulas::hyperbolic_tangent>)
            return hyperbolic_tangent_of(x);
        else
            return evaluate_at(layer::formula, symbols::x, x);
    }
    /// What is kept of x and value(x).
    template <class V>
    [[nodiscard]] static V kept([[maybe_unused]] V x, [[maybe_unused]] V y) noexcept {
        if constexpr (keeps_result)
            return y;
        else
            return x;
    }
    template <class V>
    [[nodiscard]] static V value_of_kept(V kept) noexcept {
        if constexpr (keeps_result)
            return kept;
        else
            return value(kept);
    }
    template <class V>
    [[nodiscard]] static V slope_of_kept(V kept) noexcept {
        if constexpr (keeps_result)
            return evaluate_at(from_output, symbols::y, kept);
        else
            return evaluate_at(derivative(layer::formula, symbols::x), symbols::x, kept);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
