// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/diagnostic.hpp>
#include <strata/expression/term.hpp>
#include <strata/setting.hpp>

#include <concepts>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <class Variable, class Value>
constexpr const Value& bound_value(const binding<Variable, Value>& bound) {
    return bound.value;
}
// Where no binding fits. Compilers look into it at once for what it returns.
template <class Variable>
constexpr const auto& bound_value(...) {
    static_assert(reject<Variable, text("a formula reads ") + Variable::name, "which nothing binds">());
    return Variable::name;
}
} // namespace detail

/// The values of variables, with which a formula is evaluated.
template <class... Bindings>
struct environment : Bindings... {
    template <class Variable>
    static constexpr bool binds = (std::same_as<typename Bindings::variable, Variable> || ...);

    template <class Variable>
    [[nodiscard]] constexpr const auto& operator[](Variable) const {
        return detail::bound_value<Variable>(*this);
    }
};

template <class... Bindings>
environment(Bindings...) -> environment<Bindings...>;

/// The environment of these bindings: `bind(x = 1.5, y = 2.0)`.
template <class... Variables, class... Values>
constexpr auto bind(binding<Variables, Values>... bindings) {
    return environment<binding<Variables, Values>...>{bindings...};
}

/// With the symbols, since of no variables nothing else tells where it is: `bind()`.
namespace symbols {
using bedrock::bind;
}

/// The variables of both.
template <class... First, class... Second>
constexpr auto unite(const environment<First...>& first, const environment<Second...>& second) {
    return environment<First..., Second...>{static_cast<const First&>(first)...,
                                            static_cast<const Second&>(second)...};
}

} // namespace strata::bedrock::inline STRATA_SETTING
