// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/setting.hpp>

#include <bit>
#include <cstdint>
#include <limits>

/// Functions of doubles that a constant expression can compute, which the C library's cannot everywhere. They
/// are off by some units in the last place, and slow.
namespace strata::bedrock::inline STRATA_SETTING::internal::constants {

// The logarithm of two in two parts, of which the first has zeros at its end.
inline constexpr double log_two_high = 0x1.62e42fee00000p-1;
inline constexpr double log_two_low = 0x1.a39ef35793c76p-33;

/// x times 2^exponent, for exponents of normal numbers.
constexpr double scale(double x, int exponent) {
    const auto power = [](int n) {
        return std::bit_cast<double>(static_cast<std::uint64_t>(n + 1023) << 52);
    };
    // In two steps, so that results below the normal numbers are rounded.
    return x * power(exponent / 2) * power(exponent - exponent / 2);
}

/// The sum of r^n / n! from n = 1 on, for |r| <= 0.35.
constexpr double exponential_series(double r) {
    double sum = 0;
    for (int n = 18; n >= 1; --n)
        sum = (1 + sum) * r / n;
    return sum;
}

/// e^x - 1 and e^x: x = n log 2 + r, e^x = 2^n e^r.
constexpr double expm1(double x) {
    if (!(x < 710))
        return is_not_a_number(x) ? x : infinity<double>;
    if (x < -60)
        return -1;
    const int n = static_cast<int>(x / (log_two_high + log_two_low) + (x < 0 ? -0.5 : 0.5));
    const double r = (x - n * log_two_high) - n * log_two_low;
    const double rest = exponential_series(r);
    return n == 0 ? rest : scale(1 + rest, n) - 1;
}
constexpr double exp(double x) {
    if (!(x < 710))
        return is_not_a_number(x) ? x : infinity<double>;
    if (x < -746)
        return 0;
    const int n = static_cast<int>(x / (log_two_high + log_two_low) + (x < 0 ? -0.5 : 0.5));
    return scale(1 + exponential_series((x - n * log_two_high) - n * log_two_low), n);
}

/// log(1 + x) = 2 artanh(x / (2 + x)), for |x| <= 0.5.
constexpr double log1p_series(double x) {
    const double ratio = x / (2 + x);
    double sum = 0;
    for (int n = 49; n >= 1; n -= 2)
        sum = sum * ratio * ratio + 1.0 / n;
    return 2 * ratio * sum;
}
constexpr double log(double x) {
    if (!(x > 0))
        return x == 0 ? -infinity<double> : nan<double>;
    if (x == infinity<double>)
        return x;
    int exponent = 0;
    if (x < std::numeric_limits<double>::min()) {
        x *= 0x1p54;
        exponent = -54;
    }
    const auto bits = std::bit_cast<std::uint64_t>(x);
    exponent += static_cast<int>(bits >> 52) - 1023;
    double fraction = std::bit_cast<double>((bits & 0xfffffffffffffu) | 0x3ff0000000000000u);
    if (fraction > 1.4142135623730951) {
        fraction /= 2;
        ++exponent;
    }
    return exponent * log_two_high + (exponent * log_two_low + log1p_series(fraction - 1));
}
constexpr double log1p(double x) { return x > -0.25 && x < 0.5 ? log1p_series(x) : log(1 + x); }

constexpr double tanh(double x) {
    if (x < 0)
        return -tanh(-x);
    const double power = expm1(2 * x);
    return x > 20 ? 1 : power / (power + 2);
}
constexpr double sigmoid(double x) { return 1 / (1 + exp(-x)); }

/// Newton's iteration, from 2^(exponent / 2) on.
constexpr double sqrt(double x) {
    if (!(x > 0) || x == infinity<double>)
        return x < 0 ? nan<double> : x;
    double root = std::bit_cast<double>((std::bit_cast<std::uint64_t>(x) >> 1) + (std::uint64_t{1023} << 51));
    for (int i = 0; i < 60; ++i) {
        const double next = 0.5 * (root + x / root);
        if (next == root)
            break;
        root = next;
    }
    return root;
}

/// erf x = 2 / sqrt(pi) e^(-x^2) sum 2^n x^(2n + 1) / (1 3 ... (2n + 1)) (Abramowitz and Stegun 7.1.6), whose
/// terms have one sign.
constexpr double erf(double x) {
    if (x < 0)
        return -erf(-x);
    if (!(x < 6))
        return is_not_a_number(x) ? x : 1;
    double term = x, sum = x;
    for (int n = 1; n < 300 && term > sum * 1e-17; ++n) {
        term *= 2 * x * x / (2 * n + 1);
        sum += term;
    }
    return 1.1283791670955125739 * exp(-x * x) * sum;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal::constants
