// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/setting.hpp>

#include <array>
#include <concepts>

namespace strata::bedrock::inline STRATA_SETTING {

/// "Scaled to length one first."
struct normalize_option {
    static constexpr auto spelling(auto&& write) { return write("normalize"); }
};
inline constexpr normalize_option normalize{};

/// How the vectors lie that a dot product takes from a value: along its last axis, or across a matrix.
template <std::size_t Count, std::size_t Length, bool Last>
struct dot_operand {
    static constexpr std::size_t count = Count;
    static constexpr std::size_t length = Length;
    static constexpr bool is_last = Last || Count == 1;
    /// The rows of the value in memory.
    static constexpr std::size_t rows = is_last ? Count : Length;
    static constexpr std::size_t width = is_last ? Length : Count;

    [[nodiscard]] static constexpr std::size_t place(std::size_t vector, std::size_t k) noexcept {
        return is_last ? vector * Length + k : k * Count + vector;
    }
};

/// What dot products compute, for the plan: a row for each vector of the left operand, in it a number for
/// each of the right one, which is the first value with `Swapped`.
template <class Left, class Right, bool Swapped, bool Normalized>
struct dot_product
    : head_base<1, (Swapped ? Right::count : Left::count) * Left::length, Left::count, Right::count> {
    static constexpr bool writes_pitched = true;
    static constexpr std::size_t parts = 2;
    static constexpr std::array<std::size_t, 2> widths{(Swapped ? Right::count : Left::count) * Left::length,
                                                       (Swapped ? Left::count : Right::count) * Left::length};
    [[nodiscard]] static constexpr std::size_t source_width(std::size_t index) { return widths[index]; }
    static constexpr std::size_t product_flops = 2 * Left::count * Right::count * Left::length;
    static constexpr bool divides_samples = false;
};

/// The dot products of two values' vectors (Keras's Dot): y[i, j] = sum_k a[i, k] b[j, k], where k runs along
/// an axis of each, `dot<1>` or `dot<0, 1>`, counted from 0 without the batch axis (Keras counts from 1), or
/// from the last one backwards; `dot<>` takes the last axes. With `normalize`, `dot<1, normalize>`, the
/// vectors are scaled to length one before: a / sqrt(max(sum_k a[i, k]^2, 1e-12)).
/// Shapes [I, K] and [J, K] (K first where the axis is 0) -> [I, J]; a vector has no other axis, so [K] and
/// [J, K] -> [J], and two vectors -> [1]. Gradients: da[i, k] = sum_j dy[i, j] b[j, k], db[j, k] = sum_i
/// dy[i, j] a[i, k]; through u = a / |a|, da = (du - u (u . du)) / |a|, or du / 1e-6 below the limit. I J K
/// multiplications. Rejects anything but two vectors or matrices with equal extents along the axes.
template <auto... Options>
struct dot_layer : layer_base {
private:
    static constexpr std::size_t axis_count =
        (std::size_t{0} + ... + std::size_t{std::integral<decltype(Options)>});

public:
    static_assert(axis_count <= 2 && ((std::integral<decltype(Options)> ||
                                       detail::option_of<decltype(Options), normalize_option>)&&...),
                  "strata: dot takes one axis or two, and normalize");
    using role = role::merge;
    static constexpr auto label = text("dot");
    static constexpr auto spelling(auto&& write) { return write("dot<", Options...); }
    static constexpr bool is_normalized = (detail::option_of<decltype(Options), normalize_option> || ...);

private:
    static constexpr std::array<int, 2> axes = [] {
        std::array<int, 3> given{-1, -1};
        std::size_t next = 0;
        [[maybe_unused]] const auto take = [&](auto option) {
            if constexpr (std::integral<decltype(option)>)
                given[next++] = static_cast<int>(option);
        };
        (take(Options), ...);
        return std::array{given[0], axis_count == 1 ? given[0] : given[1]};
    }();
    template <class Shape, std::size_t Number>
    static constexpr bool has_axis = axes[Number] < static_cast<int>(Shape::rank) &&
                                     -axes[Number] <= static_cast<int>(Shape::rank);
    template <class Shape, std::size_t Number>
    static constexpr std::size_t
        axis_of = static_cast<std::size_t>(axes[Number] < 0 ? axes[Number] + static_cast<int>(Shape::rank)
                                                            : axes[Number]);
    template <class Shape, std::size_t Number>
    static constexpr std::size_t length_of = Shape::extents[axis_of<Shape, Number>];
    template <class Shape>
    static constexpr bool is_known = (Shape::rank == 1 || Shape::rank == 2) && Shape::size > 0;
    template <class Shape, std::size_t Number>
    using operand = dot_operand<Shape::size / length_of<Shape, Number>, length_of<Shape, Number>,
                                axis_of<Shape, Number> + 1 == Shape::rank>;

public: // to aliases, too, which clang before 17 lets use nothing that is private
    // What it makes of some values, or what is wrong with them.
    template <class First, class Second, class... Rest>
    static constexpr auto check() {
        if constexpr (sizeof...(Rest) > 0 || !is_known<First> || !is_known<Second>)
            return text("two vectors or matrices");
        else if constexpr (!has_axis<First, 0> || !has_axis<Second, 1>)
            return text("axes that its values have");
        else if constexpr (length_of<First, 0> != length_of<Second, 1>)
            return text("equal extents along the axes");
        else {
            constexpr std::size_t rows = operand<First, 0>::count;
            constexpr std::size_t columns = operand<Second, 1>::count;
            if constexpr (First::rank == 1)
                return shape<columns>{};
            else if constexpr (Second::rank == 1)
                return shape<rows>{};
            else
                return shape<rows, columns>{};
        }
    }
    template <class>
    static constexpr auto check() {
        return text("two vectors or matrices");
    }
    // The results of a matrix and a vector are one row: the vector is the left operand.
    template <class First, class Second>
    static constexpr auto head() {
        constexpr bool swapped = First::rank == 2 && Second::rank == 1;
        using first = operand<First, 0>;
        using second = operand<Second, 1>;
        if constexpr (swapped)
            return dot_product<second, first, true, is_normalized>{};
        else
            return dot_product<first, second, false, is_normalized>{};
    }

    template <class... Shapes>
    static constexpr bool accepts_all = requires {
        decltype(check<Shapes...>())::extents;
    };
    template <class... Shapes>
    static constexpr auto wants_all = check<Shapes...>();
    template <class... Shapes>
    using output_of = decltype(check<Shapes...>());
    template <class First, class Second>
    using head_of = decltype(head<First, Second>());
};

template <auto... Options>
inline constexpr dot_layer<Options...> dot{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::dot;
using bedrock::normalize;
} // namespace strata
