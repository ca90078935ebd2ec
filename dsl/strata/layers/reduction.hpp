// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/axis.hpp>
#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <concepts>

namespace strata::bedrock::inline STRATA_SETTING {

/// What becomes of the numbers along some axes.
enum class reduced { sum, mean, largest, smallest };

/// What a reduction computes, for the plan: one number of each line of `Count` that lie `Inner` apart. There
/// are `Outer` times as many lines as `Inner`.
template <std::size_t Outer, std::size_t Count, std::size_t Inner, reduced Kind>
struct line_reduction : head_base<Inner == 1 ? Outer : Outer * Count, Inner == 1 ? Count : Inner, Outer,
                                  Inner == 1 ? 1 : Inner> {
    static constexpr reduced kind = Kind;
};

/// "With the extent 1 where an axis was": an option of reductions.
struct keep_axes_option {
    static constexpr auto spelling(auto&& write) { return write("keep_axes"); }
};
inline constexpr keep_axes_option keep_axes{};

namespace detail {
template <auto Option>
inline constexpr bool is_axis = std::same_as<std::remove_const_t<decltype(Option)>, int>;

/// Some axes of a shape, of which no other is between them: the first and the last.
struct axis_range {
    std::size_t first = 0;
    std::size_t last = 0;
    bool is_valid = true;
};
template <class Shape, int... Axes>
constexpr axis_range find_axes() {
    if constexpr (sizeof...(Axes) == 0)
        return {0, Shape::rank - 1, Shape::rank > 0};
    else if constexpr (!(has_axis<Shape, Axes> && ...))
        return {0, 0, false};
    else {
        std::array<std::size_t, sizeof...(Axes)> axes{axis_number<Shape, Axes>...};
        std::sort(axes.begin(), axes.end());
        bool is_valid = true;
        for (std::size_t i = 1; i < axes.size(); ++i)
            is_valid = is_valid && axes[i] == axes[i - 1] + 1;
        return {axes.front(), axes.back(), is_valid};
    }
}

/// The shape without a range of axes, or with the extent 1 for each. Without any a single row of one number.
template <class Shape, axis_range Range, bool Keeps>
constexpr auto reduced_shape() {
    constexpr std::size_t left = Keeps ? Shape::rank : Shape::rank - (Range.last - Range.first + 1);
    if constexpr (left == 0)
        return shape<1>{};
    else
        return []<std::size_t... I>(std::index_sequence<I...>) {
            constexpr auto extent = [](std::size_t axis) {
                if (Keeps)
                    return axis >= Range.first && axis <= Range.last ? 1 : Shape::extents[axis];
                return Shape::extents[axis < Range.first ? axis : axis + Range.last - Range.first + 1];
            };
            return shape<extent(I)...>{};
        }
    (std::make_index_sequence<left>{});
}

template <int... Axes>
inline constexpr auto axes_text = text("");
template <int First, int... Rest>
inline constexpr auto axes_text<First, Rest...> = (signed_text<First> + ... +
                                                   (text(", ") + signed_text<Rest>));

template <reduced Kind>
inline constexpr auto reduction_name = [] {
    if constexpr (Kind == reduced::sum)
        return text("reduce_sum");
    else if constexpr (Kind == reduced::mean)
        return text("reduce_mean");
    else if constexpr (Kind == reduced::largest)
        return text("reduce_max");
    else
        return text("reduce_min");
}();
} // namespace detail

/// The sum, the mean, the largest or the smallest of the numbers along some axes, of all without any:
/// `reduce_mean<0, 1>`, `reduce_max<-1, keep_axes>`. Axes are counted from 0 without the batch axis, or from
/// the last one backwards, and vanish, or have the extent 1 with `keep_axes`; of all that is the shape [1].
/// Gradients: a sum's goes to each of its numbers, a mean's to each in equal parts, a maximum's or minimum's
/// to all places that hold it, in equal parts, as in TensorFlow. Rejects a shape without the axes, and axes
/// with others between them, which two reductions one after another take.
template <reduced Kind, bool Keeps, int... Axes>
struct reduction_layer : layer_base {
    using role = role::head;
    static constexpr auto label = detail::reduction_name<Kind> + "<" + detail::axes_text<Axes...> + ">";
    static constexpr auto spelling(auto&& write) {
        if constexpr (Keeps)
            return write(detail::reduction_name<Kind> + "<", Axes..., keep_axes);
        else
            return write(detail::reduction_name<Kind> + "<", Axes...);
    }
    // Other axes may be those of masked steps.
    static constexpr mask_rule masks =
        Keeps && std::same_as<std::integer_sequence<int, Axes...>, std::integer_sequence<int, -1>>
            ? mask_rule::passes
            : mask_rule::refused;

    template <class Shape>
    static constexpr detail::axis_range range = detail::find_axes<Shape, Axes...>();
    template <class Shape>
    static constexpr bool accepts = range<Shape>.is_valid&& Shape::size > 0;
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (!(detail::has_axis<Shape, Axes> && ...))
            return text("axes that the shape has");
        else
            return text("axes without others between them");
    }();
    template <class Shape>
    using output = decltype(detail::reduced_shape<Shape, range<Shape>, Keeps>());
    template <class Shape>
    static constexpr time_view view = range<Shape>.first == 0 ? whole_sequence : each_step;
    /// The same for one step.
    using step_layer = reduction_layer<Kind, Keeps, (Axes > 0 ? Axes - 1 : Axes)...>;
    template <class Shape>
    static constexpr auto lines() {
        constexpr detail::axis_extents extents =
            detail::extents_around<Shape>(range<Shape>.first, range<Shape>.last);
        return line_reduction<extents.outer, extents.count, extents.inner, Kind>{};
    }
    template <class Shape>
    using head = decltype(lines<Shape>());
};

namespace detail {
template <reduced Kind, bool Keeps, int... Axes>
constexpr auto make_reduction() {
    return reduction_layer<Kind, Keeps, Axes...>{};
}
template <reduced Kind, bool Keeps, int... Axes, class First, class... Rest>
constexpr auto make_reduction(First, Rest... rest) {
    if constexpr (std::same_as<First, keep_axes_option>)
        return make_reduction<Kind, true, Axes...>(rest...);
    else
        return make_reduction<Kind, Keeps, Axes..., First::value>(rest...);
}
template <auto Option>
constexpr auto reduction_option() {
    static_assert(is_axis<Option> || option_of<decltype(Option), keep_axes_option>,
                  "strata: a reduction takes axes and keep_axes");
    if constexpr (is_axis<Option>)
        return std::integral_constant<int, Option>{};
    else
        return Option;
}
} // namespace detail

template <auto... Options>
inline constexpr auto
    reduce_sum = detail::make_reduction<reduced::sum, false>(detail::reduction_option<Options>()...);
template <auto... Options>
inline constexpr auto
    reduce_mean = detail::make_reduction<reduced::mean, false>(detail::reduction_option<Options>()...);
template <auto... Options>
inline constexpr auto
    reduce_max = detail::make_reduction<reduced::largest, false>(detail::reduction_option<Options>()...);
template <auto... Options>
inline constexpr auto
    reduce_min = detail::make_reduction<reduced::smallest, false>(detail::reduction_option<Options>()...);

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::keep_axes;
using bedrock::reduce_max;
using bedrock::reduce_mean;
using bedrock::reduce_min;
using bedrock::reduce_sum;
} // namespace strata
