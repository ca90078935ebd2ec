// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "formula_rules.hpp"

#include <array>
#include <cstddef>
#include <type_traits>

namespace playground {

/// Builds what a type says, each operation simplified, where variables of these names stand for nodes.
template <class... Variables>
struct term_builder {
    formula_pool& pool;
    std::array<node_index, sizeof...(Variables)> nodes;

    template <class Term>
    node_index operator()(Term) const {
        if constexpr (requires { Term::value; })
            return pool.number(Term::value);
        else if constexpr (requires { Term::name; })
            return nodes[detail::position<Term>(strata::bedrock::type_list<Variables...>{})];
        else
            return build(Term{});
    }

private:
    template <class Operation, class... Arguments>
    node_index build(strata::bedrock::apply<Operation, Arguments...>) const {
        return simplify(pool, kind_of<Operation>, detail::maker::exponent_of(Operation{}),
                        (*this)(Arguments{})...);
    }
};

/// The derivative by x, by the library's rule for each operation.
inline node_index derive(formula_pool& pool, node_index index) {
    using namespace strata::bedrock;
    using a = variable_term<"a">;
    using b = variable_term<"b">;
    using da = variable_term<"da">;
    using db = variable_term<"db">;
    const node here = pool[index];
    if (here.kind == unknown_kind)
        return pool.number(1);
    if (here.kind == number_kind)
        return pool.number(0);
    if (here.kind == kind_of<operation::select>) {
        const node_index yes = derive(pool, here.arguments[1]);
        const node_index no = derive(pool, here.arguments[2]);
        return simplify(pool, here.kind, 0, here.arguments[0], yes, no);
    }
    const node_index first = derive(pool, here.arguments[0]);
    const node_index second = here.arguments[1] == no_node ? no_node : derive(pool, here.arguments[1]);
    node_index result = no_node;
    visit_operation(here.kind, here.exponent, [&]<class Operation>(std::type_identity<Operation>) {
        constexpr std::size_t count = playground::detail::argument_count<Operation>;
        if constexpr (operation::is_comparison<Operation> || count == 3)
            return;
        else if constexpr (count == 2)
            result = term_builder<a, b, da, db>{pool, {here.arguments[0], here.arguments[1], first, second}}(
                strata::bedrock::detail::differentiate(Operation{}, a{}, b{}, da{}, db{}));
        else
            result = term_builder<a, da>{pool, {here.arguments[0], first}}(
                strata::bedrock::detail::differentiate(Operation{}, a{}, da{}));
    });
    return result;
}

} // namespace playground
