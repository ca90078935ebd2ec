// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/random/philox.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Some vectors of `length` numbers, in a row, that are orthogonal to each other and of length 1: drawn from
/// a normal distribution and made so one after another (Gram and Schmidt; twice, since rounding errors of
/// the first time are those of vectors that are nearly parallel). `count` must not be above `length`.
/// O(count^2 length).
inline std::vector<double> draw_orthogonal(random_sequence& random, std::size_t count, std::size_t length) {
    std::vector<double> vectors(count * length);
    for (double& number : vectors) {
        const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
        number = radius * std::cos(2 * std::numbers::pi * random.uniform());
    }
    const auto product = [length](const double* a, const double* b) {
        double sum = 0;
        for (std::size_t i = 0; i < length; ++i)
            sum += a[i] * b[i];
        return sum;
    };
    for (std::size_t v = 0; v < count; ++v) {
        double* const own = vectors.data() + v * length;
        for (std::size_t time = 0; time < 2; ++time) {
            for (std::size_t w = 0; w < v; ++w) {
                const double* const other = vectors.data() + w * length;
                const double part = product(own, other);
                for (std::size_t i = 0; i < length; ++i)
                    own[i] -= part * other[i];
            }
            const double factor = 1 / std::sqrt(product(own, own));
            for (std::size_t i = 0; i < length; ++i)
                own[i] *= factor;
        }
    }
    return vectors;
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
