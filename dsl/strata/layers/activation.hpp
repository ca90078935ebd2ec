// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/derivative.hpp>
#include <strata/expression/freeze.hpp>
#include <strata/expression/parts.hpp>
#include <strata/expression/substitute.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/layers/layer.hpp>
#include <strata/setting.hpp>

#include <concepts>

namespace strata::bedrock::inline STRATA_SETTING {

/// "Take the derivative from the formula": the default of an activation.
struct automatic_derivative {};

namespace detail {
/// Stands for a derivative that cannot be computed from the output.
struct no_formula {};

template <auto Formula, auto FromOutput>
constexpr auto slope_from_output() {
    if constexpr (!std::same_as<type_of<FromOutput>, automatic_derivative>)
        return frozen<FromOutput>;
    else {
        constexpr auto slope =
            substitute(derivative(frozen<Formula>, symbols::x), frozen<Formula>, symbols::y);
        if constexpr (contains(slope, symbols::x))
            return no_formula{};
        else
            return slope;
    }
}

template <class... Variables>
constexpr bool only_x(type_list<Variables...>) {
    return (std::same_as<Variables, type_of<symbols::x>> && ...);
}
template <class First, class... Rest>
constexpr auto stranger(type_list<First, Rest...>) {
    if constexpr (only_x(type_list<First>{}))
        return stranger(type_list<Rest...>{});
    else
        return First::name;
}
} // namespace detail

/// A formula of `x` for each element: y = Formula(x), dx = Formula'(x) dy. Shape in = shape out.
///
/// The derivative is taken at compile time. It is computed from y where it can be expressed in y alone, so
/// that x need not be kept; where the rules of algebra do not find that form, `FromOutput`, a formula of `y`,
/// states it (and is then used everywhere, so it must hold for every x).
template <text Name, auto Formula, auto FromOutput = automatic_derivative{}>
struct activation_layer : layer_base {
    using role = role::pointwise;
    static constexpr auto label = Name;
    static constexpr bool is_random = false;
    static constexpr auto spelling(auto&& write) { return write.activation(activation_layer{}); }

    static constexpr auto formula = frozen<Formula>;
    /// The derivative from the output, taken when a network asks for it: programs name few activations.
    template <class = void>
    static constexpr auto from_output = detail::slope_from_output<Formula, FromOutput>();

    template <class>
    static constexpr bool accepts = detail::only_x(variables_of(formula));
    template <class>
    static constexpr auto wants = [] {
        if constexpr (detail::only_x(variables_of(formula)))
            return text("any shape");
        else
            return text("a formula of x, without ") + detail::stranger(variables_of(formula));
    }();
    template <class Shape>
    using output = Shape;

    /// The activation inside another formula: `x * sigmoid(x)`.
    template <term Argument>
    constexpr auto operator()(Argument argument) const {
        return substitute(formula, symbols::x, argument);
    }
};

/// The user's own activation: `activation<x / (1 + abs(x))>`, with `using namespace strata::symbols`.
template <auto Formula, auto FromOutput = automatic_derivative{}>
inline constexpr activation_layer<"activation", Formula, FromOutput> activation{};

/// The same with a name for tables and messages: `named_activation<"swish", x * sigmoid(x)>`.
template <text Name, auto Formula, auto FromOutput = automatic_derivative{}>
inline constexpr activation_layer<Name, Formula, FromOutput> named_activation{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::activation;
using bedrock::named_activation;
} // namespace strata
