// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>

#include <array>

namespace strata::bedrock {

/// What a concatenation computes, for the plan: `Rows` times the parts' pieces one after another.
template <std::size_t Rows, std::size_t... Widths>
struct concatenation : head_base<Rows, (Widths + ...), Rows, (Widths + ...)> {
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;
    static constexpr bool joins = true;
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
    static constexpr bool joins = true;

private:
    template <class Shape>
    static constexpr bool has_axis =
        Axis<0 ? static_cast<int>(Shape::rank) >= -Axis : static_cast<int>(Shape::rank)> Axis;
    template <class Shape>
    static constexpr std::size_t
        axis_of = static_cast<std::size_t>(Axis < 0 ? static_cast<int>(Shape::rank) + Axis : Axis);

    template <class First, class Other>
    static constexpr bool agree() {
        if constexpr (First::rank != Other::rank || !has_axis<First>)
            return false;
        else {
            for (std::size_t axis = 0; axis < First::rank; ++axis)
                if (axis != axis_of<First> && First::extents[axis] != Other::extents[axis])
                    return false;
            return true;
        }
    }

public: // to aliases, too, which clang before 17 lets use nothing that is private
    template <class First, class... Rest>
    static constexpr auto joined() {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            constexpr std::size_t axis = axis_of<First>;
            return shape<(I == axis ? (First::extents[axis] + ... + Rest::extents[axis])
                                    : First::extents[I])...>{};
        }
        (std::make_index_sequence<First::rank>{});
    }
    /// Numbers of the axes before the one that grows, and of the others.
    template <class Shape>
    static constexpr std::size_t rows = [] {
        std::size_t result = 1;
        for (std::size_t axis = 0; axis < axis_of<Shape>; ++axis)
            result *= Shape::extents[axis];
        return result;
    }();

    template <class First, class... Rest>
    static constexpr bool accepts_all = sizeof...(Rest) > 0 && (agree<First, Rest>() && ...);
    template <class First, class... Rest>
    static constexpr auto wants_all = [] {
        if constexpr (sizeof...(Rest) == 0)
            return text("two or more values");
        else if constexpr (!has_axis<First>)
            return text("an axis that its values have");
        else
            return text("values that differ in axis ") + number_text<axis_of<First>> + " alone";
    }();
    template <class First, class... Rest>
    using output_of = decltype(joined<First, Rest...>());
    template <class First, class...>
    static constexpr time_view view = axis_of<First> == 0 ? whole_sequence : each_step;
    /// The same for one step.
    using step_layer = concat_layer<(Axis > 0 ? Axis - 1 : Axis)>;
    template <class First, class... Rest>
    using head_of = concatenation<rows<First>, First::size / rows<First>, (Rest::size / rows<First>)...>;
};

template <int Axis = -1>
inline constexpr concat_layer<Axis> concat{};

} // namespace strata::bedrock

namespace strata {
using bedrock::concat;
} // namespace strata
