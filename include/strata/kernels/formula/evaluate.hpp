// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/environment.hpp>
#include <strata/expression/finite.hpp>
#include <strata/expression/freeze.hpp>
#include <strata/expression/parts.hpp>
#include <strata/kernels/formula/approximate_tangent.hpp>
#include <strata/kernels/formula/exponential.hpp>
#include <strata/kernels/formula/hyperbolic_tangent.hpp>
#include <strata/kernels/formula/multiply_add.hpp>
#include <strata/kernels/formula/waves.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// How a formula rounds a product to which something is added: by itself (`each`), unless the compiler fuses
/// both, in one place so and in another otherwise; or once with the sum (`fused`), where the processor does
/// that, and so to the same bits wherever the formula stands.
enum class product_rounding { each, fused };

namespace internal {
// One overload for each operation. It serves registers and plain numbers, since xsimd's functions take both.
template <class V>
V compute(operation::add, V a, V b) {
    return a + b;
}
template <class V>
V compute(operation::subtract, V a, V b) {
    return a - b;
}
template <class V>
V compute(operation::multiply, V a, V b) {
    return a * b;
}
template <class V>
V compute(operation::divide, V a, V b) {
    return a / b;
}
template <class V>
V compute(operation::negate, V a) {
    return -a;
}
template <class V>
auto compute(operation::less, V a, V b) {
    return a < b;
}
template <class V>
auto compute(operation::less_equal, V a, V b) {
    return a <= b;
}
template <class V>
auto compute(operation::greater, V a, V b) {
    return a > b;
}
template <class V>
auto compute(operation::greater_equal, V a, V b) {
    return a >= b;
}
template <class V>
auto compute(operation::equal, V a, V b) {
    return a == b;
}
// A NaN equals nothing; xsimd 8's own `!=` says of AVX registers that it does not differ either.
template <class V>
auto compute(operation::not_equal, V a, V b) {
    return !(a == b);
}
template <class Condition, class V>
V compute(operation::select, Condition condition, V a, V b) {
    if constexpr (std::same_as<Condition, bool>)
        return condition ? a : b;
    else
        return xsimd::select(condition, a, b);
}
template <class V>
V compute(operation::minimum, V a, V b) {
    return smaller(a, b);
}
template <class V>
V compute(operation::maximum, V a, V b) {
    return larger(a, b);
}
template <class V>
V compute(operation::absolute, V a) {
    return xsimd::abs(a);
}
template <class V>
V compute(operation::sign, V a) {
    // What is left is NaN or a zero, and -0 + 0 is 0.
    return compute(operation::select{}, a > V(0), V(1),
                   compute(operation::select{}, a < V(0), V(-1), a + V(0)));
}
template <class V>
V compute(operation::square, V a) {
    return a * a;
}
template <class V>
V compute(operation::square_root, V a) {
    return square_root(a);
}
template <int Exponent, class V>
V compute(operation::power<Exponent>, V a) {
    if constexpr (Exponent < 0)
        return V(1) / compute(operation::power<-Exponent>{}, a);
    else if constexpr (Exponent == 1)
        return a;
    else if constexpr (Exponent % 2 == 0) {
        const V root = compute(operation::power<Exponent / 2>{}, a);
        return root * root;
    } else
        return a * compute(operation::power<Exponent - 1>{}, a);
}
template <class V>
[[gnu::always_inline]] inline V compute(operation::exponential, V a) {
    return exponential_of(a);
}
template <class V>
[[gnu::always_inline]] inline V compute(operation::exponential_minus_one, V a) {
    return exponential_minus_one_of(a);
}
template <class V>
V compute(operation::logarithm, V a) {
    return xsimd::log(a);
}
template <class V>
V compute(operation::logarithm_of_one_plus, V a) {
    return xsimd::log1p(a);
}
template <class V>
[[gnu::always_inline]] inline V compute(operation::hyperbolic_tangent, V a) {
    return hyperbolic_tangent_of(a);
}
template <class V>
[[gnu::always_inline]] inline V compute(operation::logistic, V a) {
    return logistic_of(a);
}
template <class V>
[[gnu::always_inline]] inline V compute(operation::approximate_hyperbolic_tangent, V a) {
    return approximate_tangent_of(a);
}
template <class V>
[[gnu::always_inline]] inline V compute(operation::approximate_logistic, V a) {
    return approximate_logistic_of(a);
}
template <class V>
V compute(operation::error_function, V a) {
    return error_function_of(a);
}
template <class V>
V compute(operation::sine, V a) {
    return sine_of(a);
}
template <class V>
V compute(operation::cosine, V a) {
    return cosine_of(a);
}

// Where one of two is a constant, and no NaN, a single instruction finds the smaller or larger. A zero must
// be the second, since of equal zeros the first comes out.
template <class V>
V compute_bounded(operation::minimum, V a, V bound) {
    return cap(a, bound);
}
template <class V>
V compute_bounded(operation::maximum, V a, V bound) {
    return lift(a, bound);
}
template <class Operation>
inline constexpr bool is_extremum =
    std::same_as<Operation, operation::minimum> || std::same_as<Operation, operation::maximum>;
template <class A>
inline constexpr bool is_bound = false;
template <real Number>
inline constexpr bool is_bound<constant_term<Number>> = !is_not_a_number(Number.value());
template <class A>
inline constexpr bool is_bound_but_zero = false;
template <real Number>
inline constexpr bool
    is_bound_but_zero<constant_term<Number>> = is_bound<constant_term<Number>>&& Number.value() != 0;

// Whether an operation makes a product, which may be rounded with a sum.
template <class Formula>
inline constexpr bool is_product = false;
template <term A, term B>
inline constexpr bool is_product<apply<operation::multiply, A, B>> = true;
template <term A>
inline constexpr bool is_product<apply<operation::square, A>> = true;
template <class Operation>
inline constexpr bool is_sum =
    std::same_as<Operation, operation::add> || std::same_as<Operation, operation::subtract>;

// The values of the operations that have been computed so far: one slot for each distinct operation.
template <class Formula, class Value>
struct slot {
    Value value;
};
template <class... Slots>
struct memory : Slots... {};

template <class Formula, class Value>
const Value& look_up(const slot<Formula, Value>& computed) {
    return computed.value;
}

template <class V, product_rounding Rounding, class Environment, class Memory>
struct evaluation {
    const Environment& variables;
    Memory computed;

    template <term Formula>
    [[gnu::always_inline]] auto value_of(Formula) const {
        if constexpr (requires { Formula::value; })
            return V(static_cast<value_type_of<V>>(Formula::value));
        else if constexpr (requires { Formula::name; })
            return V(variables[Formula{}]);
        else
            return look_up<Formula>(computed);
    }

    // Computes one more operation. This is an operator so that a fold expression can be the loop over the
    // list.
    template <class Operation, term... A>
    [[gnu::always_inline]] auto operator<<(apply<Operation, A...>) const {
        return add_slot<apply<Operation, A...>>(result_of(apply<Operation, A...>{}), computed);
    }

private:
    template <class Operation, term... A>
    [[gnu::always_inline]] auto result_of(apply<Operation, A...>) const {
        return compute(Operation{}, value_of(A{})...);
    }
    template <class Operation, term A, term B>
        requires is_extremum<Operation>
    [[gnu::always_inline]] V result_of(apply<Operation, A, B>) const {
        if constexpr (is_bound<B>)
            return compute_bounded(Operation{}, value_of(A{}), value_of(B{}));
        else if constexpr (is_bound_but_zero<A>)
            return compute_bounded(Operation{}, value_of(B{}), value_of(A{}));
        else
            return compute(Operation{}, value_of(A{}), value_of(B{}));
    }

    template <class Operation, term A, term B>
        requires(Rounding == product_rounding::fused && is_sum<Operation> && (is_product<A> || is_product<B>))
    [[gnu::always_inline]] V result_of(apply<Operation, A, B>) const {
        constexpr bool adds = std::same_as<Operation, operation::add>;
        if constexpr (is_product<A>)
            return fuse(A{}, [&](V a, V b) {
                const V c = value_of(B{});
                return adds ? multiply_add(a, b, c) : multiply_subtract(a, b, c);
            });
        else
            return fuse(B{}, [&](V a, V b) {
                const V c = value_of(A{});
                return adds ? multiply_add(a, b, c) : subtract_product(c, a, b);
            });
    }
    template <term A, term B, class Sum>
    [[gnu::always_inline]] V fuse(apply<operation::multiply, A, B>, const Sum& sum) const {
        return sum(value_of(A{}), value_of(B{}));
    }
    template <term A, class Sum>
    [[gnu::always_inline]] V fuse(apply<operation::square, A>, const Sum& sum) const {
        return sum(value_of(A{}), value_of(A{}));
    }

    template <class Formula, class Value, class... Slots>
    [[gnu::always_inline]] auto add_slot(Value value, const memory<Slots...>& previous) const {
        using extended = memory<Slots..., slot<Formula, Value>>;
        return evaluation<V, Rounding, Environment, extended>{
            variables, extended{static_cast<const Slots&>(previous)..., slot<Formula, Value>{value}}};
    }
};

template <class V, product_rounding Rounding, class Environment, class... Operations>
[[gnu::always_inline]] inline auto evaluate_all(const Environment& variables, type_list<Operations...>) {
    return (evaluation<V, Rounding, Environment, memory<>>{variables, {}} << ... << Operations{});
}
} // namespace internal

/// The value of a frozen formula, where V is a number or an xsimd register. Every distinct operation is
/// computed once. The environment's values are numbers, which are the same in every lane, or registers.
template <class V, product_rounding Rounding = product_rounding::each, term Formula, class... Bindings>
[[gnu::always_inline]] inline V evaluate(Formula formula, const environment<Bindings...>& variables) {
    return internal::evaluate_all<V, Rounding>(variables, operations_of(formula)).value_of(formula);
}

/// The value of a formula of one variable.
template <class V, term Formula, class Variable>
[[gnu::always_inline]] inline V evaluate_at(Formula formula, Variable, V value) {
    return evaluate<V>(formula, environment<binding<Variable, V>>{{value}});
}

} // namespace strata::bedrock::inline STRATA_SETTING
