// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/setting.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

/// Sine and cosine of every double, for constant expressions and for the few arguments that are too large for
/// the registers' way. They are off by at most 3 units in the last place.
namespace strata::bedrock::inline STRATA_SETTING::internal::constants {

inline constexpr double quarter_turn = 0x1.921fb54442d18p+0;

/// An angle as whole quarters of a turn, of which only the remainder by 4 counts, and a rest in [-pi/4,
/// pi/4].
struct turned_angle {
    unsigned quarters;
    double rest;
};

/// 2 / pi in binary, 32 digits each.
inline constexpr std::array<std::uint32_t, 37> two_over_pi{
    0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561,
    0xb7246e3a, 0x424dd2e0, 0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e, 0xe88235f5, 0x2ebb4484,
    0xe99c7026, 0xb45f7e41, 0x3991d639, 0x835339f4, 0x9c845f8b, 0xbdf9283b, 0x1ff897ff, 0xde05980f,
    0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7, 0x4f463f66, 0x9e5fea2d, 0x7527bac7, 0xebe5f17b,
    0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1, 0x1f8d5d08, 0x56033046};

/// The quarters of a finite angle above pi / 4 (Payne and Hanek, "Radian reduction for trigonometric
/// functions", 1983): the product with 2 / pi, of which digits worth 4 and more are left out. 224 digits
/// leave 100 behind the longest run of equal ones that a double's product has.
constexpr turned_angle reduced_angle(double angle) {
    const auto bits = std::bit_cast<std::uint64_t>(angle);
    const int exponent = static_cast<int>(bits >> 52) - 1075;
    const std::uint64_t fraction = (bits & 0xfffffffffffffu) | 0x10000000000000u;
    constexpr std::size_t words = 7;
    const int left_out = exponent > 2 ? (exponent - 2) / 32 : 0;
    std::array<std::uint64_t, 11> product{}; // 32 digits each, the lowest first
    for (const std::size_t half : {std::size_t{0}, std::size_t{1}}) {
        const std::uint64_t factor = half == 0 ? fraction & 0xffffffffu : fraction >> 32;
        std::uint64_t carry = 0;
        for (std::size_t i = 0; i < words; ++i) {
            const std::uint64_t word = two_over_pi[static_cast<std::size_t>(left_out) + words - 1 - i];
            const std::uint64_t sum = factor * word + product[i + half] + carry;
            product[i + half] = sum & 0xffffffffu;
            carry = sum >> 32;
        }
        product[words + half] = carry;
    }
    const auto digits = [&product](int lowest) {
        const auto i = static_cast<std::size_t>(lowest / 32);
        return static_cast<std::uint32_t>((product[i] | product[i + 1] << 32) >> (lowest % 32));
    };
    const int point = 32 * static_cast<int>(words + static_cast<std::size_t>(left_out)) - exponent;
    const bool is_past_half = digits(point - 32) >> 31 != 0;
    double rest = 0;
    for (int i = 5; i >= 1; --i) {
        const std::uint32_t found = digits(point - 32 * i);
        rest = (rest + (is_past_half ? ~found : found)) * 0x1p-32;
    }
    return {(digits(point) + (is_past_half ? 1u : 0u)) & 3u, (is_past_half ? -rest : rest) * quarter_turn};
}

/// The sine of an angle that is `quarters` quarters of a turn more.
constexpr double wave(double angle, unsigned quarters) {
    const double size = angle < 0 ? -angle : angle;
    if (!is_finite(angle))
        return nan<double>;
    turned_angle turned{0, size};
    if (size > quarter_turn / 2)
        turned = reduced_angle(size);
    if (angle < 0)
        turned = {(4u - turned.quarters) & 3u, -turned.rest};
    turned.quarters += quarters;
    // Taylor's series, from its smallest term.
    const double square = turned.rest * turned.rest;
    double sum = 0;
    const bool is_sine = turned.quarters % 2 == 0;
    for (int n = 18; n >= 2; n -= 2)
        sum = (1 - sum) * square / (n * (n + (is_sine ? 1 : -1)));
    const double result = is_sine ? turned.rest - turned.rest * sum : 1 - sum;
    return turned.quarters % 4 >= 2 ? -result : result;
}
constexpr double sin(double x) { return x == 0 ? x : wave(x, 0); }
constexpr double cos(double x) { return wave(x, 1); }

} // namespace strata::bedrock::inline STRATA_SETTING::internal::constants
