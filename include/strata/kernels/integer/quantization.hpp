// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_list.hpp>
#include <strata/kernels/integer/integer_layout.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// What the numbers 0 to 255 of 8 bits stand for: q for scale * (q - zero). Zero is one of them exactly, and
/// what is beyond the smallest or the largest is that one. (Jacob et al. 2018, section 2.1: asymmetric
/// quantization of activations, as ONNX's QuantizeLinear and TensorFlow Lite have it.)
struct quantization {
    float scale = 1;
    std::int32_t zero = 0;

    /// For numbers from `low` to `high`, which are finite.
    [[nodiscard]] static quantization of_range(float low, float high) noexcept {
        const double bottom = std::min(low, 0.0F), top = std::max(high, 0.0F);
        quantization result;
        if (top > bottom)
            // Its inverse is a float, too.
            result.scale =
                std::max(static_cast<float>((top - bottom) / 255), std::numeric_limits<float>::min());
        result.zero =
            static_cast<std::int32_t>(std::min(255.0, std::nearbyint(-bottom / double{result.scale})));
        return result;
    }

    friend bool operator==(const quantization&, const quantization&) = default;
};

/// Numbers of a row as bytes in words, as `integer_row` has them: round(x / scale) + zero, where half way to
/// the even one is, and the division is a product with 1 / scale. Returns what the row's sums are to be
/// multiplied with: 1, or NaN if one of its numbers is NaN. The same bits on every processor.
template <std::size_t K>
[[nodiscard, gnu::always_inline]] inline float quantize_row(const float* x, quantization how,
                                                            byte_word* words) noexcept {
    using row = integer_row<K>;
    constexpr std::size_t lanes = lanes_of<float, row::words>;
    using V = simd<float, lanes>;
    using W = simd<byte_word, lanes>;

    const V inverse(1 / how.scale), least(static_cast<float>(-how.zero)),
        most(static_cast<float>(255 - how.zero));
    // A float of that size has no digits behind the point: adding it rounds, and the lower bits are the
    // integer. What the upper bits of the four add up to is taken away at the end.
    constexpr float rounder = 12582912;
    constexpr byte_word rounder_bits = 0x4b400000;
    const W excess((static_cast<byte_word>(how.zero) - rounder_bits) * 0x01010101);
    V probe(0.0F);
    const auto bits = [&](V numbers) __attribute__((always_inline)) {
        const V in_range = internal::cap(internal::lift(numbers * inverse, least), most);
        probe = xsimd::fma(in_range, V(0.0F), probe); // NaN stays what it is
        return internal::same_bits<W>(V(in_range + V(rounder)));
    };
    const auto store = [&](std::size_t word, W first, W second, W third, W fourth)
        __attribute__((always_inline)) {
        const W sum = excess + first + (second << 8) + (third << 16) + (fourth << 24);
        sum.store_aligned(words + word);
    };
    constexpr std::size_t quarter = row::words;
    constexpr std::size_t whole = row::length(3) / lanes * lanes;
    for (std::size_t word = 0; word < whole; word += lanes) {
        const auto part = [&](std::size_t number) __attribute__((always_inline)) {
            return bits(V::load_unaligned(x + number * quarter + word));
        };
        store(word, part(0), part(1), part(2), part(3));
    }
    // Quarters end at different places, and nothing behind the row may be read.
    for_each_index<(quarter - whole + lanes - 1) / lanes>([&](auto number) {
        constexpr std::size_t word = whole + number * lanes;
        const auto part = [&](auto which) {
            constexpr std::size_t length = row::length(which);
            if constexpr (length > word)
                return bits(load_first<std::min(length - word, lanes), V>(x + which * quarter + word));
            else
                return bits(V(0.0F));
        };
        [&]<std::size_t... Quarter>(std::index_sequence<Quarter...>) {
            store(word, part(std::integral_constant<std::size_t, Quarter>{})...);
        }
        (std::make_index_sequence<4>{});
    });
    return internal::add_lanes(probe) + 1;
}

} // namespace strata::bedrock::inline STRATA_SETTING
