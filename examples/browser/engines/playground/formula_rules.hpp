// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "formula.hpp"

/// The library's rules on formulas that are known at run time alone. The rules live on types; here each is
/// instantiated for arguments that are variables, and the type that comes out says which nodes to make. Rules
/// that look at their arguments (0 x = 0, a - -b = a + b) are instantiated for each form that they tell
/// apart.
namespace playground {
namespace detail {
namespace library = strata::bedrock;

// Numbers that stand for those of a node. Products and the like of them are told apart as well.
inline constexpr double first_mark = 1.0009765625;
inline constexpr double second_mark = 3.00390625;
inline constexpr double third_mark = 7.0078125;
inline constexpr double fourth_mark = 11.015625;

// What a rule tells apart about an argument. `Name` is what stands for the part that may be anything.
template <class Name, double const& Mark, double const& OtherMark>
struct forms {
    using zero = library::constant_term<0.0>;
    using one = library::constant_term<1.0>;
    using minus_one = library::constant_term<-1.0>;
    using number = library::constant_term<library::real(Mark)>;
    using other_number = library::constant_term<library::real(OtherMark)>;
    using plain = Name;
    using negated = library::apply<operation::negate, Name>;
    using scaled = library::apply<operation::multiply, number, Name>;
    template <class Yes, class No>
    using choice = library::apply<operation::select, Name, Yes, No>;
    using basic = library::type_list<zero, one, minus_one, number, plain, negated, scaled>;
    using all = library::type_list<zero, one, minus_one, number, plain, negated, scaled, choice<one, zero>,
                                   choice<zero, one>, choice<number, zero>, choice<zero, number>,
                                   choice<number, one>, choice<one, number>, choice<number, other_number>>;
    /// A product looks at choices as well.
    template <class Operation>
    using list = std::conditional_t<std::is_same_v<Operation, operation::multiply>, all, basic>;
};
using left_variable = library::variable_term<"left">;
using right_variable = library::variable_term<"right">;
using left_forms = forms<left_variable, first_mark, third_mark>;
using right_forms = forms<right_variable, second_mark, fourth_mark>;
using same_forms = forms<left_variable, second_mark, fourth_mark>;
enum form : std::size_t {
    zero_form,
    one_form,
    minus_one_form,
    number_form,
    plain_form,
    negated_form,
    scaled_form,
    choice_form
};

// An argument of a rule: its form, the part that may be anything, and its numbers.
struct argument {
    std::size_t form = plain_form;
    node_index part = no_node;
    double number = 0;
    double other_number = 0;
};

[[gnu::noinline]] inline argument form_of(const formula_pool& pool, node_index index, bool tells_choices) {
    const node& here = pool[index];
    const auto number_of = [&](std::size_t i) { return pool[here.arguments[i]].number; };
    if (here.kind == number_kind)
        return {here.number == 0    ? zero_form
                : here.number == 1  ? one_form
                : here.number == -1 ? minus_one_form
                                    : number_form,
                index, here.number, 0};
    if (here.kind == kind_of<operation::negate>)
        return {negated_form, here.arguments[0], 0, 0};
    if (here.kind == kind_of<operation::multiply> && pool.is_number(here.arguments[0]))
        return {scaled_form, here.arguments[1], number_of(0), 0};
    if (tells_choices && here.kind == kind_of<operation::select> && pool.is_number(here.arguments[1]) &&
        pool.is_number(here.arguments[2])) {
        const double yes = number_of(1);
        const double no = number_of(2);
        const node_index condition = here.arguments[0];
        if (yes == 1 && no == 0)
            return {choice_form, condition, 0, 0};
        if (yes == 0 && no == 1)
            return {choice_form + 1, condition, 0, 0};
        if (no == 0)
            return {choice_form + 2, condition, yes, 0};
        if (yes == 0)
            return {choice_form + 3, condition, no, 0};
        if (no == 1)
            return {choice_form + 4, condition, yes, 0};
        if (yes == 1)
            return {choice_form + 5, condition, no, 0};
        return {choice_form + 6, condition, yes, no};
    }
    return {plain_form, index, 0, 0};
}

// Makes the nodes of a type in which `left` and `right` stand for arguments.
struct maker {
    formula_pool& pool;
    argument left;
    argument right;

    [[nodiscard]] [[gnu::noinline]] double number_of(double mark) const {
        const std::array<double, 4> marks{first_mark, second_mark, third_mark, fourth_mark};
        const std::array<double, 4> numbers{left.number, right.number, left.other_number, right.other_number};
        for (std::size_t i = 0; i < marks.size(); ++i) {
            if (mark == marks[i] || mark == -marks[i])
                return mark == marks[i] ? numbers[i] : -numbers[i];
            for (std::size_t j = 0; j < marks.size(); ++j)
                if (mark == marks[i] * marks[j])
                    return numbers[i] * numbers[j];
        }
        return mark;
    }
    template <class Term>
    node_index make() const {
        if constexpr (requires { Term::value; })
            return pool.number(number_of(Term::value));
        else if constexpr (std::is_same_v<Term, left_variable>)
            return left.part;
        else if constexpr (std::is_same_v<Term, right_variable>)
            return right.part;
        else
            return make_applied(Term{});
    }

private:
    template <class Operation, class... Arguments>
    node_index make_applied(library::apply<Operation, Arguments...>) const {
        return pool.apply(kind_of<Operation>, exponent_of(Operation{}), make<Arguments>()...);
    }

public:
    template <class Operation>
    static constexpr int exponent_of(Operation) {
        return 0;
    }
    template <int Exponent>
    static constexpr int exponent_of(operation::power<Exponent>) {
        return Exponent;
    }
};

template <class Operation, class Left, class Right>
node_index apply_rule(const maker& result) {
    using made = decltype(library::simplified(Operation{}, Left{}, Right{}));
    return result.make<made>();
}

// The rules of an operation for each pair of forms; those of numbers alone are folded before.
template <class Operation, class LeftForms, class RightForms>
struct rule_table;
template <class Operation, class... Left, class RightForms>
struct rule_table<Operation, library::type_list<Left...>, RightForms> {
    using rule = node_index (*)(const maker&);
    template <class One, class... Right>
    static constexpr std::array<rule, sizeof...(Right)> row(library::type_list<Right...>) {
        return {rule_of<One, Right>()...};
    }
    template <class One, class Right>
    static constexpr rule rule_of() {
        if constexpr (library::detail::is_constant<One> && library::detail::is_constant<Right>)
            return nullptr;
        else
            return apply_rule<Operation, One, Right>;
    }
    static constexpr std::array<std::array<rule, RightForms::size>, sizeof...(Left)> rules{
        row<Left>(RightForms{})...};
};

template <class Operation>
node_index apply_rules(formula_pool& pool, node_index a, node_index b) {
    constexpr bool tells_choices = std::is_same_v<Operation, operation::multiply>;
    const maker result{pool, form_of(pool, a, tells_choices), form_of(pool, b, tells_choices)};
    using left = left_forms::list<Operation>;
    const std::size_t row = result.left.form;
    const std::size_t column = result.right.form;
    if (result.left.part == result.right.part)
        return rule_table<Operation, left, same_forms::list<Operation>>::rules[row][column](result);
    return rule_table<Operation, left, right_forms::list<Operation>>::rules[row][column](result);
}

// The one rule of comparisons: with zero, of something with a positive factor.
template <class Operation>
node_index compare_by_rule(formula_pool& pool, node_index a, node_index b) {
    const maker result{pool, form_of(pool, a, false), form_of(pool, b, false)};
    if (result.left.form == scaled_form && result.left.number > 0 && result.right.form == zero_form)
        return apply_rule<Operation, left_forms::scaled, right_forms::zero>(result);
    return pool.apply(kind_of<Operation>, 0, a, b);
}

template <class Operation, class Pool, class... Index>
node_index simplify_applied(Pool& pool, int exponent, Index... arguments) {
    const std::array<node_index, sizeof...(Index)> all{arguments...};
    constexpr bool is_sum = std::is_same_v<Operation, operation::add> ||
                            std::is_same_v<Operation, operation::subtract> ||
                            std::is_same_v<Operation, operation::multiply>;
    constexpr bool is_quotient = std::is_same_v<Operation, operation::divide>;
    if ((pool.is_number(arguments) && ...)) {
        if constexpr (requires { Operation::fold(static_cast<double>(arguments)...); })
            return pool.number(Operation::fold(pool[arguments].number...));
        else if constexpr (is_quotient) {
            if (pool[all[1]].number == 0)
                pool.report_division();
            else
                return pool.number(pool[all[0]].number / pool[all[1]].number);
            return pool.apply(kind_of<Operation>, exponent, arguments...);
        }
    }
    if constexpr (operation::is_comparison<Operation>)
        return compare_by_rule<Operation>(pool, all[0], all[1]);
    else if constexpr (is_sum || is_quotient) {
        if (pool.is_number(all[0]) && pool.is_number(all[1]))
            return pool.apply(kind_of<Operation>, exponent, arguments...);
        return apply_rules<Operation>(pool, all[0], all[1]);
    } else if constexpr (std::is_same_v<Operation, operation::negate>) {
        const node& inner = pool[all[0]];
        if (inner.kind == kind_of<operation::subtract>) {
            const maker result{pool, {plain_form, inner.arguments[0]}, {plain_form, inner.arguments[1]}};
            using difference = library::apply<operation::subtract, left_variable, right_variable>;
            return result.make<decltype(library::simplified(operation::negate{}, difference{}))>();
        }
        const argument left = form_of(pool, all[0], false);
        const maker result{pool, left, {}};
        if (left.form == negated_form)
            return result.make<decltype(library::simplified(
                operation::negate{}, library::apply<operation::negate, left_variable>{}))>();
        return pool.apply(kind_of<Operation>, exponent, arguments...);
    } else if constexpr (std::is_same_v<Operation, operation::select>) {
        if (all[1] == all[2])
            return all[1];
        const node condition = pool[all[0]];
        if (pool.is_number(condition.arguments[0]) && pool.is_number(condition.arguments[1])) {
            bool holds = false;
            visit_operation(condition.kind, 0, [&]<class Comparison>(std::type_identity<Comparison>) {
                if constexpr (operation::is_comparison<Comparison>)
                    holds = Comparison::holds(pool[condition.arguments[0]].number,
                                              pool[condition.arguments[1]].number);
            });
            return holds ? all[1] : all[2];
        }
        return pool.apply(kind_of<Operation>, exponent, arguments...);
    } else if constexpr (std::is_same_v<Operation, operation::sine> ||
                         std::is_same_v<Operation, operation::cosine>) {
        const maker result{pool, form_of(pool, all[0], false), {}};
        if (result.left.form == zero_form)
            return result.make<decltype(library::simplified(Operation{}, left_forms::zero{}))>();
        if (result.left.form == negated_form)
            return result.make<decltype(library::simplified(Operation{}, left_forms::negated{}))>();
        return pool.apply(kind_of<Operation>, exponent, arguments...);
    } else if constexpr (sizeof...(Index) == 1) {
        const maker result{pool, {plain_form, all[0]}, {}};
        return result.make<decltype(library::simplified(Operation{}, left_variable{}))>();
    } else
        return pool.apply(kind_of<Operation>, exponent, arguments...);
}

template <class Operation>
inline constexpr std::size_t argument_count = requires(left_variable a) {
    library::detail::make<Operation>(a, a, a);
}
&&std::is_same_v<Operation, operation::select> ? 3 : requires { Operation::infix; }
|| std::is_same_v<Operation, operation::minimum> || std::is_same_v<Operation, operation::maximum> ? 2 : 1;
} // namespace detail

/// An operation applied to parts of a formula, simplified by the library's rules.
[[gnu::noinline]] inline node_index simplify(formula_pool& pool, node_kind kind, int exponent, node_index a,
                                             node_index b = no_node, node_index c = no_node) {
    node_index result = no_node;
    visit_operation(kind, exponent, [&]<class Operation>(std::type_identity<Operation>) {
        constexpr std::size_t count = detail::argument_count<Operation>;
        if constexpr (count == 3)
            result = detail::simplify_applied<Operation>(pool, exponent, a, b, c);
        else if constexpr (count == 2)
            result = detail::simplify_applied<Operation>(pool, exponent, a, b);
        else
            result = detail::simplify_applied<Operation>(pool, exponent, a);
    });
    return result;
}

} // namespace playground
