// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// What an output of one axis is made of: two inputs and their weights. An input whose weight is 0 is not
/// read.
struct resample_taps {
    std::array<std::size_t, 2> places{};
    std::array<double, 2> weight{};
};

/// Where pixels lie when an axis of I places becomes one of O: output o is at (o + 1/2) I / O - 1/2, so that
/// the outer edges of both agree, at o (I - 1) / (O - 1), so that the centres of the outer pixels do, or at
/// o I / O, so that those of the first do.
enum class corner_rule { half_pixel, aligned, asymmetric };

/// Which of two neighbours a place between them takes: the lower, the upper, or the nearer, of which two are
/// as near halfway. `usual` is what TensorFlow and PyTorch do with such corners: `down` for asymmetric ones,
/// else `half_up`.
enum class rounding_rule { usual, down, up, half_down, half_up };

/// How one axis is resampled: shifted by padding or cropping, padded with what it holds, enlarged by
/// repeating, resized by interpolating, or thinned out to every so many-th place.
struct resample_axis {
    enum class rule { shift, repeat, interpolate, edge, reflect, line, closest, stride };
    // Without initializers: g++ 12 forgets some of them in objects that are template arguments.
    rule kind;
    std::size_t input;
    std::size_t output;
    std::size_t padding_begin; ///< places in front
    std::size_t cropped;       ///< inputs left out in front
    std::size_t factor;
    corner_rule corners;
    rounding_rule rounding;

    /// For `type_number`: the bytes behind the first member say nothing.
    constexpr void visit_parts(auto&& visit) const {
        visit(kind);
        for (const std::size_t number : {input, output, padding_begin, cropped, factor})
            visit(number);
        visit(corners);
        visit(rounding);
    }
    [[nodiscard]] constexpr resample_taps taps(std::size_t o) const {
        switch (kind) {
        case rule::repeat:
            return copy(o / factor);
        case rule::shift:
            return o + cropped >= padding_begin && o + cropped - padding_begin < input
                       ? copy(o + cropped - padding_begin)
                       : resample_taps{};
        case rule::edge:
            return copy(std::min(std::max(o, padding_begin) - padding_begin, input - 1));
        case rule::reflect:
            return copy(reflected(o));
        case rule::closest:
            return copy(rounded(quotient_of(o)));
        case rule::stride:
            return copy(cropped + o * factor);
        case rule::line:
            return neighbours(quotient_of(o));
        default:
            return enlarged(o);
        }
    }

private:
    static constexpr resample_taps copy(std::size_t place) { return {{place, 0}, {1, 0}}; }

    // The edge itself comes once: 2 1 0 1 2.
    [[nodiscard]] constexpr std::size_t reflected(std::size_t o) const {
        if (o < padding_begin)
            return padding_begin - o;
        const std::size_t place = o - padding_begin;
        return place < input ? place : 2 * (input - 1) - place;
    }

    // Pixels have their values at their centres. Beyond the first and the last centre those values continue.
    [[nodiscard]] constexpr resample_taps enlarged(std::size_t o) const {
        const double position = (static_cast<double>(o) + 0.5) / static_cast<double>(factor) - 0.5;
        if (position <= 0)
            return copy(0);
        const auto low = static_cast<std::size_t>(position);
        if (low + 1 >= input)
            return copy(input - 1);
        const double fraction = position - static_cast<double>(low);
        return {{low, low + 1}, {1 - fraction, fraction}};
    }

    // A place as a fraction of whole numbers, which is exact.
    struct quotient {
        std::ptrdiff_t numerator;
        std::ptrdiff_t denominator;
    };
    [[nodiscard]] constexpr quotient quotient_of(std::size_t o) const {
        const auto place = static_cast<std::ptrdiff_t>(o);
        const auto inputs = static_cast<std::ptrdiff_t>(input);
        const auto outputs = static_cast<std::ptrdiff_t>(output);
        switch (corners) {
        case corner_rule::half_pixel:
            return {(2 * place + 1) * inputs - outputs, 2 * outputs};
        case corner_rule::aligned:
            return {place * (inputs - 1), std::max<std::ptrdiff_t>(outputs - 1, 1)};
        default:
            return {place * inputs, outputs};
        }
    }
    [[nodiscard]] constexpr resample_taps neighbours(quotient position) const {
        if (position.numerator <= 0)
            return copy(0);
        const auto low = static_cast<std::size_t>(position.numerator / position.denominator);
        if (low + 1 >= input)
            return copy(input - 1);
        const double rest = static_cast<double>(position.numerator % position.denominator) /
                            static_cast<double>(position.denominator);
        return {{low, low + 1}, {1 - rest, rest}};
    }
    [[nodiscard]] constexpr std::size_t rounded(quotient position) const {
        const rounding_rule chosen = rounding != rounding_rule::usual     ? rounding
                                     : corners == corner_rule::asymmetric ? rounding_rule::down
                                                                          : rounding_rule::half_up;
        // Rounded down after adding what lies between: nothing, a half, nearly one, nearly a half.
        const std::ptrdiff_t twice = 2 * position.denominator;
        const std::ptrdiff_t added = chosen == rounding_rule::down      ? 0
                                     : chosen == rounding_rule::half_up ? position.denominator
                                     : chosen == rounding_rule::up      ? twice - 1
                                                                        : position.denominator - 1;
        const std::ptrdiff_t sum = 2 * position.numerator + added;
        return sum <= 0 ? 0 : std::min(static_cast<std::size_t>(sum / twice), input - 1);
    }
};

/// An axis that stays as it is.
inline constexpr resample_axis unchanged_axis{
    resample_axis::rule::shift, 1, 1, 0, 0, 1, corner_rule::half_pixel, rounding_rule::usual};

} // namespace strata::bedrock::inline STRATA_SETTING
