// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/resample.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

inline constexpr corner_rule half_pixel = corner_rule::half_pixel;
inline constexpr corner_rule align_corners = corner_rule::aligned;
inline constexpr corner_rule asymmetric = corner_rule::asymmetric;
constexpr auto spelling(corner_rule value, auto&& write) {
    return write(value == half_pixel      ? "half_pixel"
                 : value == align_corners ? "align_corners"
                                          : "asymmetric");
}
inline constexpr rounding_rule nearest_down = rounding_rule::down;
inline constexpr rounding_rule nearest_up = rounding_rule::up;
inline constexpr rounding_rule nearest_half_down = rounding_rule::half_down;
inline constexpr rounding_rule nearest_half_up = rounding_rule::half_up;
constexpr auto spelling(rounding_rule value, auto&& write) {
    switch (value) {
    case rounding_rule::down:
        return write("nearest_down");
    case rounding_rule::up:
        return write("nearest_up");
    case rounding_rule::half_down:
        return write("nearest_half_down");
    case rounding_rule::half_up:
        return write("nearest_half_up");
    default:
        return write("bedrock::rounding_rule::usual");
    }
}

/// The spatial axes in another size, larger or smaller: `resize<32>`, `resize<spatial{48, 160}, nearest>`.
/// Options in any order: what lies between two pixels (`bilinear`, as Keras's Resizing, or `nearest`), where
/// pixels lie (`half_pixel`, `align_corners` or `asymmetric`), and for `nearest` how a place between two is
/// rounded (`nearest_down`, `nearest_up`, `nearest_half_down`, `nearest_half_up`).
///
/// Names elsewhere: TensorFlow 2 and PyTorch's `nearest-exact` have half pixels, PyTorch's `nearest` is
/// asymmetric, ONNX rounds halves down unless told otherwise. Shape [I..., C] -> [Size..., C]. Gradient: each
/// output's goes to the pixels that it was made of, by their weights. Rejects a size of 0.
template <spatial Size, auto... Options>
struct resize_layer : detail::resample_layer<resize_layer<Size, Options...>> {
    static_assert((detail::option_of<decltype(Options), interpolation, corner_rule, rounding_rule> && ...),
                  "strata: resize takes bilinear or nearest, half_pixel, align_corners or asymmetric, and "
                  "for nearest a rounding");
    static constexpr interpolation method = detail::option(bilinear, Options...);
    static constexpr corner_rule corners = detail::option(half_pixel, Options...);
    static constexpr rounding_rule rounding = detail::option(rounding_rule::usual, Options...);
    static_assert(method == nearest || rounding == rounding_rule::usual,
                  "strata: resize rounds places for nearest alone");

    static constexpr auto label = text("resize<") + detail::spatial_text<Size> + ">";
    static constexpr auto spelling(auto&& write) { return write("resize<", Size, Options...); }
    static constexpr bool fits(std::size_t axes) { return Size.fits(axes) && Size.positive(); }
    template <std::size_t Axes>
    static constexpr auto numbers_wanted = [] {
        if constexpr (Size.positive())
            return text("a size ") + detail::numbers_text<Axes>;
        else
            return text("a size above 0");
    }();
    static constexpr spatial least = 1;
    static constexpr resample_axis change(std::size_t extent, std::size_t axis) {
        using rule = resample_axis::rule;
        return {
            method == nearest ? rule::closest : rule::line, extent, Size[axis], 0, 0, 1, corners, rounding};
    }
};

template <spatial Size, auto... Options>
inline constexpr resize_layer<Size, Options...> resize{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::align_corners;
using bedrock::asymmetric;
using bedrock::half_pixel;
using bedrock::nearest_down;
using bedrock::nearest_half_down;
using bedrock::nearest_half_up;
using bedrock::nearest_up;
using bedrock::resize;
} // namespace strata
