// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>

#include "timing.hpp"

#include <algorithm>
#include <type_traits>

namespace bench {

/// A register of weights and of both of Adam's moments, none of which leaves its register.
struct adam_registers {
    using V = xsimd::batch<float>;
    V w, m, v;

    [[gnu::always_inline]] void update(V gradient) {
        m = xsimd::fma(V(0.9f), m, V(0.1f) * gradient);
        v = xsimd::fma(V(0.999f), v, V(0.001f) * (gradient * gradient));
        w -= V(0.001f) * m / (xsimd::sqrt(v) + V(1e-7f));
    }
};

/// How many weights a second one core updates by Adam at most, where it does nothing else: roots and
/// divisions bind.
inline double peak_updates() {
    using V = xsimd::batch<float>;
    constexpr std::size_t chains = 4;
    constexpr std::size_t rounds = 40'000;
    double best = 1e9;
    for (int repeat = 0; repeat < 50; ++repeat)
        best = std::min(best, seconds([&] {
                            adam_registers numbers[chains];
#pragma GCC unroll 4
                            for (std::size_t i = 0; i < chains; ++i)
                                numbers[i] = {V(1.0f), V(static_cast<float>(i + 1)), V(1.0f)};
                            for (std::size_t round = 0; round < rounds; ++round)
#pragma GCC unroll 4
                                for (std::size_t i = 0; i < chains; ++i)
                                    numbers[i].update(numbers[i].m);
#pragma GCC unroll 4
                            for (std::size_t i = 0; i < chains; ++i)
                                keep(numbers[i].w);
                        }));
    return static_cast<double>(V::size * chains * rounds) / best;
}

/// How many weights a second it updates beside a product's multiply-adds, which keep their pipes busy: by how
/// much longer 36 of them take with an update among them.
inline double peak_updates_beside_products() {
    using V = xsimd::batch<float>;
    constexpr std::size_t chains = 12;
    constexpr std::size_t rounds = 40'000;
    const V factor(0.999f), term(0.001f);
    const auto measure = [&](auto updates) {
        double best = 1e9;
        for (int repeat = 0; repeat < 50; ++repeat)
            best = std::min(best, seconds([&] {
                                V sums[chains];
                                adam_registers numbers{V(1.0f), V(0.0f), V(0.0f)};
                                for (std::size_t i = 0; i < chains; ++i)
                                    sums[i] = V(static_cast<float>(i));
                                for (std::size_t round = 0; round < rounds; ++round) {
                                    if constexpr (updates.value)
                                        numbers.update(sums[0]);
#pragma GCC unroll 36
                                    for (std::size_t i = 0; i < 3 * chains; ++i)
                                        sums[i % chains] = xsimd::fma(sums[i % chains], factor, term);
                                }
                                for (const V& sum : sums)
                                    keep(sum);
                                keep(numbers.w);
                            }));
        return best;
    };
    return static_cast<double>(V::size * rounds) / (measure(std::true_type{}) - measure(std::false_type{}));
}

} // namespace bench
