// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/derivative.hpp>
#include <strata/expression/print.hpp>
#include <strata/expression/type_list.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace playground {
namespace operation = strata::bedrock::operation;

/// The least and the largest exponent of a whole power, and of its derivative.
inline constexpr int least_exponent = -9;
inline constexpr int largest_exponent = 8;

/// The library's operations, but for powers, which have an exponent as well.
using operations = strata::bedrock::type_list<
    operation::add, operation::subtract, operation::multiply, operation::divide, operation::minimum,
    operation::maximum, operation::less, operation::less_equal, operation::greater, operation::greater_equal,
    operation::equal, operation::not_equal, operation::select, operation::negate, operation::absolute,
    operation::sign, operation::square, operation::square_root, operation::exponential,
    operation::exponential_minus_one, operation::logarithm, operation::logarithm_of_one_plus,
    operation::hyperbolic_tangent, operation::logistic, operation::error_function, operation::sine,
    operation::cosine>;

namespace detail {
template <class Searched, class... All>
constexpr std::size_t position(strata::bedrock::type_list<All...>) {
    std::size_t result = 0;
    bool found = false;
    ((found = found || std::is_same_v<Searched, All>, result += found ? 0 : 1), ...);
    return result;
}
} // namespace detail

/// What a node of a formula is: an operation by its place in `operations`, or one of these.
using node_kind = std::size_t;
template <class Operation>
inline constexpr node_kind kind_of = detail::position<Operation>(operations{});
inline constexpr node_kind power_kind = operations::size;
inline constexpr node_kind number_kind = operations::size + 1;
inline constexpr node_kind unknown_kind = operations::size + 2; ///< x
template <int Exponent>
inline constexpr node_kind kind_of<operation::power<Exponent>> = power_kind;

/// Calls visit(type_identity<Operation>) with the operation of that kind.
template <class Visit>
void visit_operation(node_kind kind, int exponent, const Visit& visit) {
    if (kind == power_kind)
        [&]<int... Shift>(std::integer_sequence<int, Shift...>) {
            ((exponent == Shift + least_exponent
                  ? visit(std::type_identity<operation::power<Shift + least_exponent>>{})
                  : void()),
             ...);
        }
    (std::make_integer_sequence<int, largest_exponent - least_exponent + 1>{});
    else [&]<class... All>(strata::bedrock::type_list<All...>) {
        node_kind next = 0;
        ((next++ == kind ? visit(std::type_identity<All>{}) : void()), ...);
    }(operations{});
}

/// A part of a formula, as a place in its pool.
using node_index = std::size_t;
inline constexpr node_index no_node = ~node_index{0};

struct node {
    node_kind kind = unknown_kind;
    double number = 0;
    int exponent = 0;
    std::array<node_index, 3> arguments{no_node, no_node, no_node};

    friend bool operator==(const node& a, const node& b) {
        return a.kind == b.kind &&
               std::bit_cast<std::uint64_t>(a.number) == std::bit_cast<std::uint64_t>(b.number) &&
               a.exponent == b.exponent && a.arguments == b.arguments;
    }
};

/// Formulas that are known at run time alone. Equal parts are one node, as equal parts of the library's
/// formulas are one type, and arguments come before what is applied to them.
class formula_pool {
public:
    [[nodiscard]] const node& operator[](node_index index) const { return nodes_[index]; }
    [[nodiscard]] std::size_t size() const { return nodes_.size(); }
    [[nodiscard]] bool is_number(node_index index) const { return nodes_[index].kind == number_kind; }
    [[nodiscard]] bool divides_by_zero() const { return divides_by_zero_; }
    void report_division() { divides_by_zero_ = true; }

    node_index unknown() { return add({}); }
    [[gnu::noinline]] node_index number(double value) {
        return add({number_kind, value, 0, {no_node, no_node, no_node}});
    }
    /// The operation as it is: `simplify` in formula_rules.hpp applies the library's rules first.
    [[gnu::noinline]] node_index apply(node_kind kind, int exponent, node_index a, node_index b = no_node,
                                       node_index c = no_node) {
        return add({kind, 0, exponent, {a, b, c}});
    }

    /// How many nodes the formula's text has, where each is written as often as it is an argument; each level
    /// of an activation that uses its argument three times makes them three times as many. No more than
    /// `most` are told apart.
    [[nodiscard]] std::size_t written_nodes(node_index index) const {
        constexpr std::size_t most = std::size_t{1} << 24;
        std::vector<std::size_t> counts(index + 1, 1);
        for (node_index i = 0; i <= index; ++i)
            for (const node_index argument : nodes_[i].arguments)
                if (argument != no_node)
                    counts[i] = std::min(counts[i] + counts[argument], most);
        return counts[index];
    }

    /// The formula as the library prints it. As a program writes it, powers have their exponents as template
    /// arguments in any case.
    [[nodiscard]] std::string text(node_index index, bool outermost = true) const {
        const node& here = nodes_[index];
        if (here.kind == unknown_kind)
            return "x";
        if (here.kind == number_kind)
            return strata::bedrock::detail::number_to_string(here.number);
        std::string result;
        visit_operation(here.kind, here.exponent, [&]<class Operation>(std::type_identity<Operation>) {
            if constexpr (requires { Operation::infix; }) {
                result = text(here.arguments[0], false) + std::string(Operation::infix.view()) +
                         text(here.arguments[1], false);
                if (!outermost)
                    result = "(" + result + ")";
            } else if constexpr (std::is_same_v<Operation, operation::negate>)
                result = "-" + text(here.arguments[0], false);
            else {
                result = std::string(Operation::prefix.view()) + "(";
                for (std::size_t i = 0; i < here.arguments.size() && here.arguments[i] != no_node; ++i)
                    result += (i == 0 ? "" : ", ") + text(here.arguments[i]);
                result += ")";
            }
        });
        return result;
    }

private:
    // Rules are many, so what they call is no part of them.
    [[gnu::noinline]] node_index add(const node& wanted) {
        for (node_index i = 0; i < nodes_.size(); ++i)
            if (nodes_[i] == wanted)
                return i;
        nodes_.push_back(wanted);
        return nodes_.size() - 1;
    }

    std::vector<node> nodes_;
    bool divides_by_zero_ = false;
};

} // namespace playground
