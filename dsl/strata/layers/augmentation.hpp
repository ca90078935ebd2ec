// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/real.hpp>
#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/resample.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// The bounds of what a layer draws: `interval{-0.1, 0.3}`, or one number for both sides of 0.
struct interval {
    real low;
    real high;

    constexpr interval(double largest) : low(-largest), high(largest) {}
    constexpr interval(double lowest, double highest) : low(lowest), high(highest) {}

    constexpr auto spelling(auto&& write) const {
        return low.bits == real(-high.value()).bits ? write("", high) : write("interval{", low, high);
    }
    /// The number that divides the interval at this fraction, in [0, 1).
    [[nodiscard]] constexpr double value(double fraction) const {
        return low.value() + (high.value() - low.value()) * fraction;
    }
    /// Whether the bounds are in order and lie in [lowest, highest].
    [[nodiscard]] constexpr bool fits(double lowest, double highest) const {
        return lowest <= low.value() && low.value() <= high.value() && high.value() <= highest;
    }
};

/// What is seen beyond an image's borders: the image again as in a mirror, 0, or the pixel at the border.
enum class outside { reflected, zero, edge };
constexpr auto spelling(outside value, auto&& write) {
    return write(value == outside::reflected ? "outside::reflected"
                 : value == outside::zero    ? "outside::zero"
                                             : "outside::edge");
}

/// What a layer of data augmentation computes, for the plan.
template <class Layer, std::size_t Height, std::size_t Width, std::size_t Channels>
struct augmentation : head_base<Height * Width, Channels, Height * Width, Channels> {
    using layer = Layer;
    static constexpr std::size_t height = Height;
    static constexpr std::size_t width = Width;
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;
};

namespace detail {
/// A layer that shows each image of [H, W, C] from another side in training, and as it is in prediction. What
/// it draws depends on seed, step, layer and the number of the sample only. Shape in = shape out. The
/// gradient of an output goes to the pixels that it was mixed of, in the same proportions.
template <class Rule, auto... Options>
struct augmentation_layer : layer_base {
    static_assert((option_of<decltype(Options), interpolation, outside> && ...),
                  "strata: data augmentation takes nearest or bilinear, and what is outside of the image");
    using role = role::training_head;
    static constexpr interpolation between_pixels = option(bilinear, Options...);
    static constexpr outside border = option(outside::reflected, Options...);

private:
    template <class Shape>
    static constexpr bool is_image = Shape::rank == 3 && Shape::size > 0;

public:
    template <class Shape>
    static constexpr bool accepts = is_image<Shape>&& Rule::bounds_fit;
    template <class>
    static constexpr auto wants = [] {
        if constexpr (Rule::bounds_fit)
            return text("images of height, width and channels");
        else
            return Rule::wanted_bounds;
    }();
    template <class Shape>
    using output = Shape;
    template <class Shape>
    using head = augmentation<Rule, Shape::extents[0], Shape::extents[1], Shape::last>;
};
} // namespace detail

/// How an image may be mirrored.
enum class flip { horizontal, vertical, both };
inline constexpr flip horizontal = flip::horizontal; ///< left and right change places
inline constexpr flip vertical = flip::vertical;     ///< above and below do
inline constexpr flip both = flip::both;
constexpr auto spelling(flip value, auto&& write) {
    return write(value == horizontal ? "horizontal" : value == vertical ? "vertical" : "flip::both");
}

/// Mirrors half of the images in training: `random_flip<horizontal>`, `random_flip<vertical>`, or each way
/// with a draw of its own, as Keras's RandomFlip.
template <flip Ways = both>
struct random_flip_layer : detail::augmentation_layer<random_flip_layer<Ways>, nearest> {
    static constexpr auto label = text("random_flip");
    static constexpr auto spelling(auto&& write) { return write("random_flip<", Ways); }
    static constexpr bool bounds_fit = true;
};

/// Shifts images in training, by evenly distributed fractions of their height (down is positive) and width
/// (to the right is positive), as Keras's RandomTranslation: `random_shift<0.1, 0.2>` by up to a tenth up or
/// down and a fifth to the left or right, `random_shift<interval{0, 0.1}, 0>` down only. Options of this and
/// the next two: `nearest` or `bilinear` (default), `outside::zero`, `outside::edge` or `outside::reflected`
/// (default). Rejects fractions outside [-1, 1].
template <interval Height, interval Width, auto... Options>
struct random_shift_layer
    : detail::augmentation_layer<random_shift_layer<Height, Width, Options...>, Options...> {
    static constexpr auto label = text("random_shift");
    static constexpr auto spelling(auto&& write) { return write("random_shift<", Height, Width, Options...); }
    static constexpr bool bounds_fit = Height.fits(-1, 1) && Width.fits(-1, 1);
    static constexpr auto wanted_bounds = text("fractions in [-1, 1], the lower first");
};

/// Turns images around their centre in training, by evenly distributed fractions of a full turn
/// (anticlockwise is positive), as Keras's RandomRotation: `random_rotation<0.1>` by up to 36 degrees to
/// either side. Rejects fractions outside [-1, 1].
template <interval Factor, auto... Options>
struct random_rotation_layer
    : detail::augmentation_layer<random_rotation_layer<Factor, Options...>, Options...> {
    static constexpr auto label = text("random_rotation");
    static constexpr auto spelling(auto&& write) { return write("random_rotation<", Factor, Options...); }
    static constexpr bool bounds_fit = Factor.fits(-1, 1);
    static constexpr auto wanted_bounds = text("fractions of a turn in [-1, 1], the lower first");
};

/// Makes images larger or smaller in training, by an evenly distributed factor that is the same for height
/// and width, as Keras's RandomZoom: `random_zoom<0.2>` shows between 0.8 and 1.2 times the image's extent,
/// so positive numbers make it smaller. Rejects bounds of -1 and below, and above 1.
template <interval Factor, auto... Options>
struct random_zoom_layer : detail::augmentation_layer<random_zoom_layer<Factor, Options...>, Options...> {
    static constexpr auto label = text("random_zoom");
    static constexpr auto spelling(auto&& write) { return write("random_zoom<", Factor, Options...); }
    static constexpr bool bounds_fit = Factor.fits(-1, 1) && Factor.low.value() > -1;
    static constexpr auto wanted_bounds = text("bounds in (-1, 1], the lower first");
};

template <flip Ways = both>
inline constexpr random_flip_layer<Ways> random_flip{};
template <interval Height, interval Width, auto... Options>
inline constexpr random_shift_layer<Height, Width, Options...> random_shift{};
template <interval Factor, auto... Options>
inline constexpr random_rotation_layer<Factor, Options...> random_rotation{};
template <interval Factor, auto... Options>
inline constexpr random_zoom_layer<Factor, Options...> random_zoom{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::flip;
using bedrock::horizontal;
using bedrock::interval;
using bedrock::outside;
using bedrock::random_flip;
using bedrock::random_rotation;
using bedrock::random_shift;
using bedrock::random_zoom;
using bedrock::vertical;
} // namespace strata
