// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "formula_functions.hpp"
#include "formula_program.hpp"

#include <strata/expression/finite.hpp>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <numbers>
#include <optional>
#include <string>
#include <string_view>

namespace playground {

/// Reads formulas of x: + - * / ^, numbers, pi, e, select(x > 0, a, b), x > 0 ? a : b, and functions of the
/// library's formulas and activations. What it makes is simplified as the library's formulas are.
class formula_parser {
public:
    explicit formula_parser(std::string_view text) : text_(text) {}

    /// The formula, or nothing where it is wrong: `error()` then says why.
    std::optional<own_activation> parse() {
        const node_index value = text_.size() > most_characters ? fail(wanted::shorter) : choice(0);
        if (is_wrong_)
            return std::nullopt;
        if (skip_space() != '\0') {
            fail(wanted::operation);
            return std::nullopt;
        }
        // The formula first: its derivative goes through each of its parts as often as they are written.
        if (pool_.written_nodes(value) > most_written_nodes)
            return too_long();
        const node_index slope = derive(pool_, value);
        if (pool_.written_nodes(slope) > most_written_nodes)
            return too_long();
        if (!contains_unknown(value))
            fail(wanted::unknown);
        else if (pool_.divides_by_zero())
            fail(wanted::divisor);
        else if (pool_.size() > most_nodes)
            fail(wanted::shorter);
        if (is_wrong_)
            return std::nullopt;
        return own_activation{formula_program(pool_, value), formula_program(pool_, slope), pool_.text(value),
                              pool_.text(slope)};
    }
    [[nodiscard]] const formula_error& error() const { return error_; }

private:
    using wanted = formula_error::wanted;
    static constexpr std::size_t most_characters = 200;
    static constexpr std::size_t most_nodes = 400;
    static constexpr std::size_t most_written_nodes = 20'000;
    static constexpr int most_depth = 40;

    std::nullopt_t too_long() {
        fail(wanted::shorter);
        return std::nullopt;
    }
    node_index fail(wanted expected) { return fail(expected, place_); }
    node_index fail(wanted expected, std::size_t place) {
        if (!is_wrong_) {
            is_wrong_ = true;
            std::size_t end = place;
            while (end < text_.size() && is_part_of_name(text_[end]))
                ++end;
            if (end == place && place < text_.size())
                while (++end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) {
                }
            error_ = {place + 1, expected, std::string(text_.substr(place, end - place))};
        }
        return pool_.number(0);
    }

    static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }
    static bool is_part_of_name(char c) { return is_letter(c) || is_digit(c); }

    char skip_space() {
        while (place_ < text_.size() && (text_[place_] == ' ' || text_[place_] == '\t'))
            ++place_;
        return place_ < text_.size() ? text_[place_] : '\0';
    }
    bool take(std::string_view token) {
        skip_space();
        if (text_.substr(place_, token.size()) != token)
            return false;
        place_ += token.size();
        return true;
    }
    void require(char c, wanted expected) {
        if (skip_space() == c)
            ++place_;
        else
            fail(expected);
    }

    template <class Operation>
    node_index apply(node_index a, node_index b = no_node, node_index c = no_node) {
        return simplify(pool_, kind_of<Operation>, 0, a, b, c);
    }

    /// A sum, or a choice between two by a comparison of sums.
    node_index choice(int depth) {
        const node_index first = sum(depth);
        const auto comparison = taken_comparison();
        if (is_wrong_ || !comparison)
            return first;
        const node_index condition = simplify(pool_, *comparison, 0, first, sum(depth));
        if (!take("?"))
            return fail(wanted::comparison);
        const node_index yes = choice(depth + 1);
        require(':', wanted::comma);
        return apply<operation::select>(condition, yes, choice(depth + 1));
    }
    std::optional<node_kind> taken_comparison() {
        if (take("<="))
            return kind_of<operation::less_equal>;
        if (take(">="))
            return kind_of<operation::greater_equal>;
        if (take("=="))
            return kind_of<operation::equal>;
        if (take("!="))
            return kind_of<operation::not_equal>;
        if (take("<"))
            return kind_of<operation::less>;
        if (take(">"))
            return kind_of<operation::greater>;
        return std::nullopt;
    }

    node_index sum(int depth) {
        if (depth > most_depth)
            return fail(wanted::shorter);
        node_index result = product(depth);
        while (!is_wrong_) {
            if (take("+"))
                result = apply<operation::add>(result, product(depth));
            else if (take("-"))
                result = apply<operation::subtract>(result, product(depth));
            else
                break;
        }
        return result;
    }
    node_index product(int depth) {
        node_index result = signed_power(depth);
        while (!is_wrong_) {
            if (take("*"))
                result = apply<operation::multiply>(result, signed_power(depth));
            else if (take("/"))
                result = apply<operation::divide>(result, signed_power(depth));
            else
                break;
        }
        return result;
    }
    node_index signed_power(int depth) {
        if (depth > most_depth)
            return fail(wanted::shorter);
        if (take("-"))
            return apply<operation::negate>(signed_power(depth + 1));
        if (take("+"))
            return signed_power(depth + 1);
        const node_index base = operand(depth);
        if (!is_wrong_ && take("^"))
            return power(base);
        return base;
    }
    node_index power(node_index base) {
        skip_space();
        const std::size_t begin = place_;
        int exponent = 0;
        const auto read = std::from_chars(text_.data() + place_, text_.data() + text_.size(), exponent);
        place_ = static_cast<std::size_t>(read.ptr - text_.data());
        if (read.ec != std::errc() || exponent <= least_exponent || exponent > largest_exponent ||
            skip_space() == '.')
            return fail(wanted::exponent, begin);
        return raise(base, exponent);
    }
    node_index raise(node_index base, int exponent) {
        if (pool_.is_number(base)) {
            double result = 1;
            for (int i = 0; i < (exponent < 0 ? -exponent : exponent); ++i)
                result *= pool_[base].number;
            if (exponent < 0 && result == 0)
                return fail(wanted::divisor);
            return pool_.number(exponent < 0 ? 1 / result : result);
        }
        return simplify(pool_, power_kind, exponent, base);
    }

    node_index operand(int depth) {
        const char c = skip_space();
        if (is_digit(c) || c == '.')
            return number();
        if (take("(")) {
            const node_index inner = choice(depth + 1);
            require(')', wanted::closing);
            return inner;
        }
        if (!is_letter(c))
            return fail(wanted::operand);
        const std::size_t begin = place_;
        while (place_ < text_.size() && is_part_of_name(text_[place_]))
            ++place_;
        return named(text_.substr(begin, place_ - begin), begin, depth);
    }
    node_index number() {
        // Some libraries cannot read floating-point numbers by std::from_chars.
        std::size_t end = place_;
        const auto skip_digits = [&] {
            const std::size_t begin = end;
            while (end < text_.size() && is_digit(text_[end]))
                ++end;
            return end > begin;
        };
        bool is_number = skip_digits();
        if (end < text_.size() && text_[end] == '.') {
            ++end;
            is_number = skip_digits() || is_number;
        }
        if (const std::size_t mantissa = end;
            end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
            ++end;
            if (end < text_.size() && (text_[end] == '+' || text_[end] == '-'))
                ++end;
            if (!skip_digits())
                end = mantissa;
        }
        const double value = std::strtod(std::string(text_.substr(place_, end - place_)).c_str(), nullptr);
        if (!is_number || !strata::bedrock::detail::is_finite(value))
            return fail(wanted::operand);
        place_ = end;
        return pool_.number(value);
    }
    node_index named(std::string_view name, std::size_t begin, int depth) {
        if (name == "x")
            return pool_.unknown();
        if (name == "pi")
            return pool_.number(std::numbers::pi);
        if (name == "e")
            return pool_.number(std::numbers::e);
        if (!is_function(name))
            return fail(wanted::function, begin);
        require('(', wanted::opening);
        if (is_wrong_)
            return pool_.number(0);
        node_index result = no_node;
        if (name == "select") {
            const node_index first = sum(depth + 1);
            const auto comparison = taken_comparison();
            if (!comparison)
                return fail(wanted::comparison);
            const node_index condition = simplify(pool_, *comparison, 0, first, sum(depth + 1));
            require(',', wanted::comma);
            const node_index yes = choice(depth + 1);
            require(',', wanted::comma);
            const node_index no = choice(depth + 1);
            if (!is_wrong_)
                result = apply<operation::select>(condition, yes, no);
        } else {
            const node_index first = choice(depth + 1);
            if (name == "pow") {
                require(',', wanted::comma);
                result = is_wrong_ ? first : power(first);
            } else if (name == "min" || name == "max") {
                require(',', wanted::comma);
                const node_index second = choice(depth + 1);
                if (!is_wrong_)
                    result = name == "min" ? apply<operation::minimum>(first, second)
                                           : apply<operation::maximum>(first, second);
            } else if (!is_wrong_)
                result = call(name, first);
        }
        require(')', wanted::closing);
        return is_wrong_ ? pool_.number(0) : result;
    }

    node_index call(std::string_view name, node_index argument) {
        node_index result = no_node;
        visit_function(name, [&](auto formula) {
            using x = strata::bedrock::type_of<strata::symbols::x>;
            result = term_builder<x>{pool_, {argument}}(formula);
        });
        return result;
    }
    [[nodiscard]] bool contains_unknown(node_index index) const {
        const node& here = pool_[index];
        if (here.kind == unknown_kind)
            return true;
        for (const node_index argument : here.arguments)
            if (argument != no_node && contains_unknown(argument))
                return true;
        return false;
    }

    std::string_view text_;
    std::size_t place_ = 0;
    formula_pool pool_;
    formula_error error_;
    bool is_wrong_ = false;
};

} // namespace playground
