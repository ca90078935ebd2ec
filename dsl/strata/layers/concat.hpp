// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/axis.hpp>
#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/setting.hpp>

#include <array>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a concatenation computes, for the plan: `Rows` times the parts' pieces one after another.
template <std::size_t Rows, std::size_t... Widths>
struct concatenation : head_base<Rows, (Widths + ...), Rows, (Widths + ...)> {
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;
    static constexpr bool joins = true;
    static constexpr bool reads_back = false;
    static constexpr std::size_t parts = sizeof...(Widths);
    static constexpr std::array<std::size_t, parts> widths{Widths...};
    [[nodiscard]] static constexpr std::size_t source_width(std::size_t index) { return widths[index]; }
    /// Where in a row each part begins.
    static constexpr std::array<std::size_t, parts> offsets = [] {
        std::array<std::size_t, parts> result{};
        for (std::size_t i = 1; i < parts; ++i)
            result[i] = result[i - 1] + widths[i - 1];
        return result;
    }();
};

/// Values side by side along an axis, which is counted from 0 without the batch axis, or from the last one
/// backwards: `concat<>` joins channels. All other extents must be equal.
template <int Axis>
struct concat_layer : layer_base {
    using role = role::merge;
    static constexpr auto label = text("concat");
    static constexpr auto spelling(auto&& write) {
        if constexpr (Axis == -1)
            return write("concat<");
        else
            return write("concat<", Axis);
    }
    static constexpr bool joins = true;
    static constexpr mask_rule masks = mask_rule::joins;

private:
    template <class First, class Other>
    static constexpr bool agree() {
        if constexpr (First::rank != Other::rank || !detail::has_axis<First, Axis>)
            return false;
        else {
            for (std::size_t axis = 0; axis < First::rank; ++axis)
                if (axis != detail::axis_number<First, Axis> && First::extents[axis] != Other::extents[axis])
                    return false;
            return true;
        }
    }

public: // to aliases, too, which clang before 17 lets use nothing that is private
    template <class First, class... Rest>
    static constexpr auto joined() {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            constexpr std::size_t axis = detail::axis_number<First, Axis>;
            return shape<(I == axis ? (First::extents[axis] + ... + Rest::extents[axis])
                                    : First::extents[I])...>{};
        }
        (std::make_index_sequence<First::rank>{});
    }
    /// Numbers of the axes before the one that grows, and of the others.
    template <class Shape>
    static constexpr std::size_t rows = [] {
        std::size_t result = 1;
        for (std::size_t axis = 0; axis < detail::axis_number<Shape, Axis>; ++axis)
            result *= Shape::extents[axis];
        return result;
    }();

    template <class First, class... Rest>
    static constexpr bool accepts_all = sizeof...(Rest) > 0 && (agree<First, Rest>() && ...);
    template <class First, class... Rest>
    static constexpr auto wants_all = [] {
        if constexpr (sizeof...(Rest) == 0)
            return text("two or more values");
        else if constexpr (!detail::has_axis<First, Axis>)
            return text("an axis that its values have");
        else
            return text("values that differ in axis ") + number_text<detail::axis_number<First, Axis>> +
                   " alone";
    }();
    template <class First, class... Rest>
    using output_of = decltype(joined<First, Rest...>());
    template <class First>
    static constexpr bool joins_steps = detail::axis_number<First, Axis> == 0;
    template <class First, class...>
    static constexpr time_view view = detail::axis_number<First, Axis> == 0 ? whole_sequence : each_step;
    /// The same for one step.
    using step_layer = concat_layer<(Axis > 0 ? Axis - 1 : Axis)>;
    template <class First, class... Rest>
    using head_of = concatenation<rows<First>, First::size / rows<First>, (Rest::size / rows<First>)...>;
};

template <int Axis = -1>
inline constexpr concat_layer<Axis> concat{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::concat;
} // namespace strata
