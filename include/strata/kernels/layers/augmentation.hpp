// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/random/noise.hpp>
#include <strata/layers/augmentation.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where an image is read from: output pixel (h, w) shows what is at row h0 + hh h + hw w and column
/// w0 + wh h + ww w of the input.
struct affine_map {
    double h0, hh, hw;
    double w0, wh, ww;
};

namespace internal {
/// Turned by an angle, and shown at 1 / zoom of its size, around the centre.
constexpr affine_map around_centre(double cosine, double sine, double zoom, double height, double width) {
    const double h = (height - 1) / 2;
    const double w = (width - 1) / 2;
    const double turned_cosine = zoom * cosine;
    const double turned_sine = zoom * sine;
    return {h - turned_cosine * h - turned_sine * w, turned_cosine, turned_sine,
            w + turned_sine * h - turned_cosine * w, -turned_sine,  turned_cosine};
}

template <flip Ways, class Draw>
affine_map map_of(random_flip_layer<Ways>, Draw draw, double height, double width) noexcept {
    const bool left_right = Ways != vertical && draw(0) < 0.5;
    const bool upside_down = Ways != horizontal && draw(1) < 0.5;
    return {upside_down ? height - 1 : 0, upside_down ? -1.0 : 1.0, 0, left_right ? width - 1 : 0, 0,
            left_right ? -1.0 : 1.0};
}
template <interval Height, interval Width, auto... Options, class Draw>
affine_map map_of(random_shift_layer<Height, Width, Options...>, Draw draw, double height,
                  double width) noexcept {
    return {-Height.value(draw(0)) * height, 1, 0, -Width.value(draw(1)) * width, 0, 1};
}
template <interval Factor, auto... Options, class Draw>
affine_map map_of(random_rotation_layer<Factor, Options...>, Draw draw, double height,
                  double width) noexcept {
    const double angle = 2 * std::numbers::pi * Factor.value(draw(0));
    return around_centre(std::cos(angle), std::sin(angle), 1, height, width);
}
template <interval Factor, auto... Options, class Draw>
affine_map map_of(random_zoom_layer<Factor, Options...>, Draw draw, double height, double width) noexcept {
    return around_centre(1, 0, 1 + Factor.value(draw(0)), height, width);
}

/// The place inside an axis that stands for one beyond its ends, or `extent` where there is 0.
template <outside Beyond>
[[nodiscard]] constexpr std::size_t place_inside(std::ptrdiff_t place, std::size_t extent) noexcept {
    const auto end = static_cast<std::ptrdiff_t>(extent);
    if (place >= 0 && place < end)
        return static_cast<std::size_t>(place);
    if constexpr (Beyond == outside::zero)
        return extent;
    else if constexpr (Beyond == outside::edge)
        return place < 0 ? 0 : extent - 1;
    else {
        // Twice the axis, there and back, again and again.
        const std::ptrdiff_t rest = (place % (2 * end) + 2 * end) % (2 * end);
        return static_cast<std::size_t>(rest < end ? rest : 2 * end - 1 - rest);
    }
}

/// The input pixels that make an output pixel, with their parts of it.
struct pixel_mixture {
    std::array<std::size_t, 4> pixels;
    std::array<double, 4> weight;
    std::size_t count;
};
} // namespace internal

/// Data augmentation: an affine map of each image, drawn from its number.
template <class Layer, std::size_t Height, std::size_t Width, std::size_t Channels>
struct head_kernels<augmentation<Layer, Height, Width, Channels>> : head_kernels_base {
private:
    static constexpr std::size_t pixels = Height * Width;

    static affine_map map_of(const dropout_key& key, std::size_t sample) noexcept {
        const random_block words = draw_block(key, key.first_sample + sample);
        return internal::map_of(
            Layer{}, [&](std::size_t number) { return words[0][number] * 0x1p-32; },
            static_cast<double>(Height), static_cast<double>(Width));
    }

    static void add_pixel(internal::pixel_mixture& mixture, double h, double w, double weight) noexcept {
        const std::size_t row = internal::place_inside<Layer::border>(static_cast<std::ptrdiff_t>(h), Height);
        const std::size_t column =
            internal::place_inside<Layer::border>(static_cast<std::ptrdiff_t>(w), Width);
        if (weight == 0 || row == Height || column == Width)
            return;
        mixture.pixels[mixture.count] = row * Width + column;
        mixture.weight[mixture.count] = weight;
        ++mixture.count;
    }
    // Not inlined, so that forward and backward round alike.
    [[gnu::noinline]] static internal::pixel_mixture mixture_of(const affine_map& map,
                                                                std::size_t pixel) noexcept {
        internal::pixel_mixture result;
        result.count = 0;
        const auto h = static_cast<double>(pixel / Width);
        const auto w = static_cast<double>(pixel % Width);
        const double row = map.h0 + map.hh * h + map.hw * w;
        const double column = map.w0 + map.wh * h + map.ww * w;
        if constexpr (Layer::between_pixels == nearest)
            add_pixel(result, std::floor(row + 0.5), std::floor(column + 0.5), 1);
        else {
            const double top = std::floor(row);
            const double left = std::floor(column);
            const double lower_part = row - top;
            const double right_part = column - left;
            add_pixel(result, top, left, (1 - lower_part) * (1 - right_part));
            add_pixel(result, top, left + 1, (1 - lower_part) * right_part);
            add_pixel(result, top + 1, left, lower_part * (1 - right_part));
            add_pixel(result, top + 1, left + 1, lower_part * right_part);
        }
        return result;
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            const std::size_t image = sample * pixels;
            [[maybe_unused]] affine_map map;
            if constexpr (Tail::training)
                map = map_of(call.key, sample);
            for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
                internal::pixel_mixture mixture{{pixel}, {1}, 1};
                if constexpr (Tail::training)
                    mixture = mixture_of(map, pixel);
                visit_columns<Channels, T>([&](auto count, std::size_t column) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    V sum(T(0));
                    for (std::size_t i = 0; i < mixture.count; ++i)
                        sum = xsimd::fma(
                            V(static_cast<T>(mixture.weight[i])),
                            load_first<lanes, V>(call.x[0].row(image + mixture.pixels[i]) + column), sum);
                    writer.template put<lanes>(sum, image + pixel, column);
                });
            }
        }
        return true;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        if (call.source_deltas[0].data == nullptr)
            return;
        using V = simd<T, lanes_of<T, Channels>>;
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t sample = mine.begin; sample < mine.end; ++sample) {
            const std::size_t image = sample * pixels;
            if (!call.adds[0])
                for (std::size_t pixel = 0; pixel < pixels; ++pixel)
                    std::fill_n(call.source_deltas[0].row(image + pixel), Channels, T(0));
            const affine_map map = map_of(call.key, sample);
            for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
                const internal::pixel_mixture mixture = mixture_of(map, pixel);
                for (std::size_t i = 0; i < mixture.count; ++i)
                    visit_columns<Channels, T>([&](auto count, std::size_t column) {
                        constexpr std::size_t lanes = decltype(count)::value;
                        const V delta = load_first<lanes, V>(call.delta.row(image + pixel) + column);
                        store_or_add<lanes>(V(V(static_cast<T>(mixture.weight[i])) * delta),
                                            call.source_deltas[0].row(image + mixture.pixels[i]) + column,
                                            true);
                    });
            }
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
