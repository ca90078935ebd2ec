// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/diagnostic.hpp>
#include <strata/learning/gradient_needs.hpp>
#include <strata/setting.hpp>

#include <concepts>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING::internal {

template <class... Variables>
consteval bool assigns_weight(type_list<Variables...>) {
    return (std::same_as<Variables, type_of<symbols::w>> || ...);
}
template <class First, class... Rest>
constexpr auto repeated_state(type_list<First, Rest...>) {
    if constexpr (detail::is_state<First> && (std::same_as<First, Rest> || ...))
        return First::name;
    else
        return repeated_state(type_list<Rest...>{});
}

// States are told apart by their names: of two with one name each assignment would undo the other.
template <class Optimizer, auto... Assignments>
consteval bool check_assignments(update_rule<Assignments...>) {
    using assigned = type_list<typename decltype(Assignments)::variable...>;
    constexpr std::size_t states =
        (std::size_t{} + ... + detail::is_state<typename decltype(Assignments)::variable>);
    if constexpr (!assigns_weight(assigned{}))
        return reject<Optimizer, "the update of the optimizer", "assigns no w">();
    else if constexpr (states != update_rule<Assignments...>::states::size)
        return reject<Optimizer, text("the optimizer assigns ") + repeated_state(assigned{}) + text(" twice"),
                      "each state needs a name", "of its own">();
    else
        return true;
}

/// Whether an optimizer has what training asks of it: errors at compile time, which name what is missing.
template <class Optimizer>
consteval bool check_optimizer() {
    if constexpr (!requires(const Optimizer& tried, double step) { tried.learning_rate(step); })
        return reject<Optimizer, "the optimizer has no", "schedule learning_rate">();
    else if constexpr (!requires(const Optimizer& tried, double step) { tried.scalars(step); })
        return reject<Optimizer, "the optimizer has no", "auto scalars(double step) const",
                      "that binds what update reads">();
    else if constexpr (!requires { typename std::remove_cvref_t<decltype(Optimizer::update)>::states; })
        return reject<Optimizer, "the optimizer has no", "static constexpr auto update",
                      "such as rule<(w = w - rate * g)>">();
    else
        return check_assignments<Optimizer>(detail::whole_rule<Optimizer>());
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
