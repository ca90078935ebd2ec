// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/axis.hpp>
#include <strata/layers/resample.hpp>
#include <strata/layers/slice.hpp>
#include <strata/setting.hpp>
#include <strata/topology/branch.hpp>
#include <strata/topology/expansion.hpp>

#include <algorithm>
#include <climits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
/// Where a slice begins and ends, as in NumPy: numbers below 0 count from the end, and what lies beyond it is
/// left out.
constexpr std::size_t slice_place(std::size_t extent, int place) {
    const auto all = static_cast<std::ptrdiff_t>(extent);
    const std::ptrdiff_t from_begin = place < 0 ? all + place : place;
    return static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(from_begin, 0, all));
}

// The shape with another extent along an axis.
template <class Shape, std::size_t Axis, std::size_t Extent>
constexpr auto with_extent() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return shape<(I == Axis ? Extent : Shape::extents[I])...>{};
    }
    (std::make_index_sequence<Shape::rank>{});
}
} // namespace detail

/// Places along an axis: every `Step`-th from `Begin` to before `End`, as in NumPy: `slice<0, 2, 5>`,
/// `slice<-1, -3>` (the last three channels), `slice<1, 0, -1, 2>`. The axis is counted from 0 without the
/// batch axis, or from the last one backwards. Gradient: that of the result, and 0 for what is left out.
/// Rejects a shape without the axis, and what leaves nothing.
template <int Axis, int Begin, int End, int Step>
struct axis_slice_layer : layer_base {
    using role = role::head;
    static constexpr auto label = [] {
        constexpr auto begin_text =
            text("slice<") + detail::signed_text<Axis> + ", " + detail::signed_text<Begin>;
        constexpr auto end_text = [] {
            if constexpr (End == INT_MAX && Step == 1)
                return text("");
            else if constexpr (End == INT_MAX)
                return text(", end");
            else
                return text(", ") + detail::signed_text<End>;
        }();
        if constexpr (Step == 1)
            return begin_text + end_text + ">";
        else
            return begin_text + end_text + ", " + detail::signed_text<Step> + ">";
    }();
    static constexpr auto spelling(auto&& write) {
        if constexpr (End == INT_MAX && Step == 1)
            return write("slice<", Axis, Begin);
        else if constexpr (Step == 1)
            return write("slice<", Axis, Begin, End);
        else
            return write("slice<", Axis, Begin, End, Step);
    }
    // Along another axis it may leave out masked steps.
    static constexpr mask_rule masks = Axis == -1 ? mask_rule::passes : mask_rule::refused;

    /// The first place along the axis, and how many there are.
    template <class Shape>
    static constexpr std::size_t begin = detail::slice_place(Shape::extents[detail::axis_number<Shape, Axis>],
                                                             Begin);
    template <class Shape>
    static constexpr std::size_t count = [] {
        const std::size_t end = detail::slice_place(Shape::extents[detail::axis_number<Shape, Axis>], End);
        constexpr std::size_t step = Step > 0 ? Step : 1;
        return end > begin<Shape> ? (end - begin<Shape> + step - 1) / step : std::size_t{0};
    }();

    template <class Shape>
    static constexpr bool accepts = [] {
        if constexpr (!detail::has_axis<Shape, Axis> || Step <= 0)
            return false;
        else
            return Shape::size > 0 && count<Shape> > 0;
    }();
    template <class Shape>
    static constexpr auto wants = [] {
        if constexpr (!detail::has_axis<Shape, Axis>)
            return detail::axis_text<Axis>;
        else if constexpr (Step <= 0)
            return text("a step above 0");
        else
            return text("a slice with a place at least");
    }();
    template <class Shape>
    using output = decltype(detail::with_extent<Shape, detail::axis_number<Shape, Axis>, count<Shape>>());
    template <class Shape>
    static constexpr time_view view = detail::axis_number<Shape, Axis> == 0 ? whole_sequence : each_step;
    /// The same for one step.
    using step_layer = axis_slice_layer<(Axis > 0 ? Axis - 1 : Axis), Begin, End, Step>;
    template <class Shape>
    static constexpr auto places() {
        constexpr std::size_t axis = detail::axis_number<Shape, Axis>;
        constexpr detail::axis_extents extents = detail::extents_around<Shape>(axis, axis);
        if constexpr (Step == 1)
            return slicing<begin<Shape> * extents.inner, count<Shape> * extents.inner,
                           extents.count * extents.inner, extents.outer>{};
        else {
            constexpr auto unchanged = [](std::size_t extent) {
                resample_axis result = unchanged_axis;
                result.input = result.output = extent;
                return result;
            };
            constexpr resample_axis sliced = [] {
                resample_axis result = unchanged_axis;
                result.kind = resample_axis::rule::stride;
                result.input = extents.count;
                result.output = count<Shape>;
                result.cropped = begin<Shape>;
                result.factor = Step;
                return result;
            }();
            // Two short axes before it need fewer taps than a long one.
            constexpr std::size_t first = axis == 0 ? 1 : Shape::extents[0];
            return resampling<std::array{unchanged(first), unchanged(extents.outer / first), sliced},
                              extents.inner>{};
        }
    }
    template <class Shape>
    using head = decltype(places<Shape>());
};

template <int Axis, int Begin, int End = INT_MAX, int Step = 1>
inline constexpr axis_slice_layer<Axis, Begin, End, Step> slice{};

namespace detail {
template <std::size_t Parts, int Axis>
struct split_rule {
    static constexpr auto label = text("split<") + number_text<Parts> + ", " + signed_text<Axis> + ">";
    static constexpr auto spelling(auto&& write) { return write("split<", Parts, Axis); }

    static constexpr std::size_t layer_count = Parts;

    template <class Shape, class... Others>
    static constexpr auto layers() {
        if constexpr (sizeof...(Others) > 0)
            return text("one value");
        else if constexpr (Parts < 2)
            return text("two parts at least");
        else if constexpr (!has_axis<Shape, Axis>)
            return axis_text<Axis>;
        else if constexpr (Shape::extents[axis_number<Shape, Axis>] % Parts != 0 || Shape::size == 0)
            return text("an extent that its ") + number_text<Parts> + " parts divide";
        else {
            constexpr int length = static_cast<int>(Shape::extents[axis_number<Shape, Axis>] / Parts);
            return []<int... Part>(std::integer_sequence<int, Part...>) {
                return as_fragment(branches(slice<Axis, Part * length, (Part + 1) * length>...));
            }
            (std::make_integer_sequence<int, static_cast<int>(Parts)>{});
        }
    }
};
} // namespace detail

/// Equal parts along an axis, the last one unless told otherwise, as so many values: `split<2> | multiply`,
/// `split<3, 0>`. Parts of other sizes are `branches(slice<-1, 0, 3>, slice<-1, 3>)`.
template <std::size_t Parts, int Axis = -1>
inline constexpr expanded<detail::split_rule<Parts, Axis>> split{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::slice;
using bedrock::split;
} // namespace strata
