// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/freeze.hpp>
#include <strata/expression/operators.hpp>
#include <strata/expression/type_list.hpp>
#include <strata/layers/elementwise_head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/setting.hpp>

#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// Value number Index of those that a merge combines.
template <int Index>
inline constexpr variable_term<"part", Index> part{};

/// What a merge of equal shapes computes, for the plan: a formula of the parts for each element.
template <class Layer, std::size_t Rows, std::size_t Width, std::size_t Parts>
struct merging : detail::elementwise_head<Rows, Width> {
    using layer = Layer;
    static constexpr std::size_t parts = Parts;
    static constexpr bool reads_back = !Layer::is_sum;
    static constexpr auto formula = Layer::formula(std::make_index_sequence<Parts>{});
};

namespace detail {
/// A merge of two or more values of one shape, element by element.
template <class Rule>
struct merge_layer : layer_base {
    using role = role::merge;
    static constexpr mask_rule masks = mask_rule::either;

    template <class First, class... Rest>
    static constexpr bool accepts_all = sizeof...(Rest) > 0 && (std::same_as<First, Rest> && ...);
    template <class First, class... Rest>
    static constexpr auto wants_all = text("two or more values of one shape");
    template <class First, class...>
    using output_of = First;
    template <class...>
    static constexpr time_view view = each_step;
    template <class First, class... Rest>
    using head_of = merging<Rule, First::size / First::last, First::last, sizeof...(Rest) + 1>;
};

template <class Combine, class First>
constexpr auto folded(Combine, First first) {
    return first;
}
template <class Combine, class First, class Second, class... Rest>
constexpr auto folded(Combine combine, First first, Second second, Rest... rest) {
    return folded(combine, combine(first, second), rest...);
}
} // namespace detail

/// The sum of all values.
struct add_layer : detail::merge_layer<add_layer> {
    static constexpr bool is_sum = true;
    static constexpr auto label = text("add");
    static constexpr auto spelling(auto&& write) { return write("add"); }
    template <std::size_t... I>
    static constexpr auto formula(std::index_sequence<I...>) {
        return detail::folded([](auto a, auto b) { return a + b; }, part<I>...);
    }
};
/// The first value without the second.
struct subtract_layer : detail::merge_layer<subtract_layer> {
    static constexpr auto label = text("subtract");
    static constexpr auto spelling(auto&& write) { return write("subtract"); }
    template <class First, class... Rest>
    static constexpr bool accepts_all = sizeof...(Rest) == 1 && (std::same_as<First, Rest> && ...);
    template <class First, class... Rest>
    static constexpr auto wants_all = text("two values of one shape");
    template <std::size_t... I>
    static constexpr auto formula(std::index_sequence<I...>) {
        return part<0> - part<1>;
    }
};
/// The product of all values.
struct multiply_layer : detail::merge_layer<multiply_layer> {
    static constexpr auto label = text("multiply");
    static constexpr auto spelling(auto&& write) { return write("multiply"); }
    static constexpr mask_rule masks = mask_rule::equal;
    template <std::size_t... I>
    static constexpr auto formula(std::index_sequence<I...>) {
        return detail::folded([](auto a, auto b) { return a * b; }, part<I>...);
    }
};
/// The mean of all values.
struct average_layer : detail::merge_layer<average_layer> {
    static constexpr auto label = text("average");
    static constexpr auto spelling(auto&& write) { return write("average"); }
    template <std::size_t... I>
    static constexpr auto formula(std::index_sequence<I...>) {
        return constant<1.0 / static_cast<double>(sizeof...(I))> *
               detail::folded([](auto a, auto b) { return a + b; }, part<I>...);
    }
};
/// The largest of all values. Of equal ones the last has the derivative.
struct maximum_layer : detail::merge_layer<maximum_layer> {
    static constexpr auto label = text("maximum");
    static constexpr auto spelling(auto&& write) { return write("maximum"); }
    static constexpr mask_rule masks = mask_rule::equal;
    template <std::size_t... I>
    static constexpr auto formula(std::index_sequence<I...>) {
        return detail::folded([](auto a, auto b) { return max(a, b); }, part<I>...);
    }
};
/// The smallest of all values. Of equal ones the last has the derivative.
struct minimum_layer : detail::merge_layer<minimum_layer> {
    static constexpr auto label = text("minimum");
    static constexpr auto spelling(auto&& write) { return write("minimum"); }
    static constexpr mask_rule masks = mask_rule::equal;
    template <std::size_t... I>
    static constexpr auto formula(std::index_sequence<I...>) {
        return detail::folded([](auto a, auto b) { return min(a, b); }, part<I>...);
    }
};

/// The sum that closes a residual block; it differs from `add` in what it says.
struct residual_layer : add_layer {
    static constexpr auto label = text("residual");
    static constexpr auto spelling(auto&& write) { return write("bedrock::residual_layer{}"); }
    template <class First, class... Rest>
    static constexpr auto wants_all = text("a body that keeps the shape, or a projection to the body's");
};

inline constexpr add_layer add;
inline constexpr subtract_layer subtract;
inline constexpr multiply_layer multiply;
inline constexpr average_layer average;
inline constexpr maximum_layer maximum;
inline constexpr minimum_layer minimum;

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::add;
using bedrock::average;
using bedrock::maximum;
using bedrock::minimum;
using bedrock::multiply;
using bedrock::subtract;
} // namespace strata
