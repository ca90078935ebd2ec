// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "timing.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

/// What all programs that apply a function to many floats have in common.
namespace elementwise {

/// The exact result: the function in double, from the C library.
inline double reference(const std::string& name, double x) {
    if (name == "exp")
        return std::exp(x);
    if (name == "log")
        return std::log(x);
    if (name == "tanh")
        return std::tanh(x);
    if (name == "sigmoid")
        return 1 / (1 + std::exp(-x));
    if (name == "erf")
        return std::erf(x);
    if (name == "expm1")
        return std::expm1(x);
    return std::log1p(x);
}

/// How many units in the last place of the exact result a float is off. Results below the smallest normal
/// number count in its units.
inline double error_in_ulp(float found, double exact) {
    if (std::isnan(exact) || std::isnan(found))
        return std::isnan(exact) && std::isnan(found) ? 0 : 1e9;
    const auto rounded = static_cast<float>(exact);
    if (std::isinf(rounded) || std::isinf(found))
        return rounded == found || std::abs(exact) > 3.4028e38 ? 0 : 1e9;
    const int exponent = std::max(exact == 0 ? -126 : std::ilogb(exact), -126);
    return std::abs(static_cast<double>(found) - exact) / std::ldexp(1.0, exponent - 23);
}

/// The largest error over every `stride`-th float.
template <class Apply>
double largest_error(const std::string& name, std::uint64_t stride, Apply apply) {
    std::vector<float> x, y(4096);
    double worst = 0;
    for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += stride) {
        x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
        if (x.size() < 4096)
            continue;
        apply(x.data(), y.data(), x.size());
        for (std::size_t i = 0; i < x.size(); ++i)
            worst = std::max(worst, error_in_ulp(y[i], reference(name, static_cast<double>(x[i]))));
        x.clear();
    }
    return worst;
}

/// Runs PROGRAM FUNCTION COUNT: prints the time for an element, the bytes read and written in a second, and
/// the largest error.
template <class Choose>
int run(int count, char** arguments, Choose choose) {
    if (count != 3) {
        std::fputs("expected FUNCTION COUNT\n", stderr);
        return 2;
    }
    const std::string name = arguments[1];
    const std::size_t size = std::strtoull(arguments[2], nullptr, 10);
    std::vector<float, xsimd::aligned_allocator<float, 64>> x(size), y(size);
    for (std::size_t i = 0; i < size; ++i)
        x[i] = (name.starts_with("log") ? 0.01f : -4.0f) +
               8.0f * static_cast<float>(i * 2654435761u % 65536) / 65536.0f;
    const auto apply = choose(name);
    const std::size_t repeats = std::max<std::size_t>(1, 4'000'000 / size);
    const double time = bench::median_seconds(9, repeats,
                                              [&] {
                                                  apply(x.data(), y.data(), size);
                                                  bench::keep(y[0]);
                                              }) /
                        static_cast<double>(size);
    std::printf("ns %.5f\ngbytes %.2f\n", time * 1e9, 8 / time / 1e9);
    std::printf("ulp %.2f\n", largest_error(name, 997, apply));
    return 0;
}

} // namespace elementwise
