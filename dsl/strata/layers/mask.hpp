// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/real.hpp>
#include <strata/layers/elementwise_head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// A mask is a value of its own beside the one that it belongs to: a number for each step, 1 where the step
/// counts and 0 where it is masked. Nothing learns from it, so no derivative goes back through it.
template <std::size_t InputRows, std::size_t Width, std::size_t Rows>
struct mask_head : head_base<InputRows, Width, Rows, 1> {
    static constexpr bool has_derivatives = false;
};

/// Steps with a number other than `Value`, for the plan: of `Rows` rows of `Width` numbers.
template <std::size_t Rows, std::size_t Width, real Value>
struct step_mask : mask_head<Rows, Width, Rows> {
    static constexpr double masked_value = Value.value();
    static constexpr auto computation = text("1 for each step that counts, 0 for a masked one");
};

/// Steps that count in one of several masks.
template <std::size_t Rows, std::size_t Parts>
struct mask_union : mask_head<Rows, 1, Rows> {
    static constexpr std::size_t parts = Parts;
    static constexpr auto computation = text("1 where a mask has 1");
};

/// How many steps each part of a joined mask has, and whether it has a mask of its own; all count without.
template <std::size_t Parts>
struct joined_steps {
    std::array<std::size_t, Parts> steps;
    std::array<bool, Parts> are_masked;

    /// For `type_number`: the bytes behind the members say nothing.
    constexpr void visit_parts(auto&& visit) const {
        visit(steps);
        visit(are_masked);
    }
    [[nodiscard]] constexpr std::size_t total() const {
        std::size_t result = 0;
        for (const std::size_t each : steps)
            result += each;
        return result;
    }
    [[nodiscard]] constexpr std::size_t masks() const {
        std::size_t result = 0;
        for (const bool is_masked : are_masked)
            result += std::size_t{is_masked};
        return result;
    }
};
/// Masks one behind the other.
template <auto Steps>
struct mask_join : mask_head<Steps.total(), 1, Steps.total()> {
    static constexpr std::size_t parts = Steps.masks();
    static constexpr auto computation = text("masks one behind the other");
};

/// Rows of a value, and zeros where its mask has zeros.
template <std::size_t Rows, std::size_t Width>
struct hiding : detail::elementwise_head<Rows, Width> {
    static constexpr std::size_t parts = 2;
    [[nodiscard]] static constexpr std::size_t source_width(std::size_t index) {
        return index == 0 ? Width : 1;
    }
    static constexpr auto computation = text("x, or 0 where its mask has 0");
};

/// The head of a layer whose kernel reads a mask as well, of the head for values without one. `ZeroesMasked`:
/// results of masked steps are zeros.
template <class Head, bool ZeroesMasked>
struct masked_head;

namespace detail {
template <class Shape>
struct without_last_axis;
template <std::size_t Last>
struct without_last_axis<shape<Last>> {
    template <std::size_t... Earlier>
    using append_to = shape<Earlier...>;
};
template <std::size_t First, std::size_t... Rest>
struct without_last_axis<shape<First, Rest...>> {
    template <std::size_t... Earlier>
    using append_to = typename without_last_axis<shape<Rest...>>::template append_to<Earlier..., First>;
};

/// A layer that makes a mask. Nobody writes it: it comes along with the layer that asks for one.
template <class Role>
struct mask_layer : layer_base {
    using role = Role;
    static constexpr bool is_mask = true;
    template <class...>
    static constexpr time_view view = each_step;
};
} // namespace detail

/// Masks the steps whose numbers are all equal to `Value`.
template <real Value>
struct step_mask_layer : detail::mask_layer<role::head> {
    static constexpr auto label = text("mask of steps");
    template <class Shape>
    using output = typename detail::without_last_axis<Shape>::template append_to<>;
    template <class Shape>
    using head = step_mask<Shape::size / Shape::last, Shape::last, Value>;
};
/// Masks the tokens that are 0.
struct token_mask_layer : detail::mask_layer<role::head> {
    static constexpr auto label = text("mask of tokens");
    template <class Shape>
    using output = Shape;
    template <class Shape>
    using head = step_mask<Shape::size, 1, real{0}>;
};
/// Masks the steps of values one behind the other.
template <auto Steps>
struct mask_join_layer : detail::mask_layer<role::merge> {
    static constexpr auto label = text("mask of all parts");
    template <class...>
    using head_of = mask_join<Steps>;
};
/// Masks the steps that all of some masks do.
struct mask_union_layer : detail::mask_layer<role::merge> {
    static constexpr auto label = text("mask of both");
    template <class First, class... Rest>
    using head_of = mask_union<First::size, 1 + sizeof...(Rest)>;
};

} // namespace strata::bedrock::inline STRATA_SETTING
