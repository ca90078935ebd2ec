// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/environment.hpp>
#include <strata/expression/freeze.hpp>
#include <strata/expression/parts.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/learning/schedule.hpp>
#include <strata/setting.hpp>

#include <concepts>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <class Variable>
inline constexpr bool is_state =
    !std::same_as<Variable, type_of<symbols::w>> && !std::same_as<Variable, type_of<symbols::g>>;

// Folds over the assigned variables with <<, and keeps those that are states.
template <class List>
struct state_collector {
    using list = List;
    template <class Variable>
    constexpr auto operator<<(type_list<Variable>) const {
        if constexpr (is_state<Variable>)
            return state_collector<decltype(insert_type(List{}, Variable{}))>{};
        else
            return *this;
    }
};
} // namespace detail

/// How an optimizer changes a weight `w` with the gradient `g`: assignments, which are done in order, so that
/// each sees the results of those before. Every other variable that is assigned is a state: one number for
/// each weight, zero at first unless `initial_states()` says otherwise. Variables that are never assigned
/// come from the optimizer's `scalars(step)`.
template <auto... Assignments>
struct update_rule {
    using states = typename decltype((detail::state_collector<type_list<>>{}
                                      << ... << type_list<typename decltype(Assignments)::variable>{}))::list;

    /// Runs the assignments: `step(variables, variable, formula)` evaluates the formula with the variables,
    /// and returns the variables with this one assigned. Returns the variables after the last assignment.
    template <class Variables, class Step>
    [[gnu::always_inline]] static constexpr auto run(Variables variables, Step step) {
        return (chain<Variables, Step>{variables, step} << ... << single_assignment<Assignments>{}).variables;
    }

private:
    template <auto Assignment>
    struct single_assignment {};

    template <class Variables, class Step>
    struct chain {
        Variables variables;
        Step step;

        template <auto Assignment>
        [[gnu::always_inline]] constexpr auto operator<<(single_assignment<Assignment>) const {
            using variable = typename decltype(Assignment)::variable;
            auto next_variables = step(variables, variable{}, frozen<Assignment.formula>);
            return chain<decltype(next_variables), Step>{next_variables, step};
        }
    };
};

/// `rule<(m = beta * m + g), (w = w - rate * m)>`, the heart of an optimizer.
template <auto... Assignments>
inline constexpr update_rule<Assignments...> rule{};

/// An optimizer is a type with a `learning_rate`, an `update` rule, and `scalars(step)`: what the rule's
/// other variables are in the step of that number (from 0), computed once a step.
template <class T>
concept optimizer_type = requires(T optimizer, double step) {
    optimizer.scalars(step);
    optimizer.learning_rate(step);
    typename std::remove_cvref_t<decltype(T::update)>::states;
};

/// What a state of an optimizer is at first: 0, unless its `initial_states()` bind the variable.
template <class Optimizer, class Variable>
double initial_state([[maybe_unused]] const Optimizer& optimizer, [[maybe_unused]] Variable state) {
    if constexpr (requires { optimizer.initial_states(); })
        if constexpr (decltype(optimizer.initial_states())::template binds<Variable>)
            return optimizer.initial_states()[state];
    return 0;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::optimizer_type;
using bedrock::rule;
} // namespace strata
