// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>

#include "bedrock.hpp"
#include "timing.hpp"

#include <vector>

namespace bench {

/// How often one core does step(sum) a second at most, on sums that are registers of their own.
template <class V, class Step>
double peak_steps(const Step& step) {
    constexpr std::size_t chains = 12;
    constexpr std::size_t rounds = 400'000; // about a millisecond, which other programs seldom interrupt
    double best = 1e9;
    for (int repeat = 0; repeat < 20; ++repeat)
        best = std::min(best, seconds([&] {
                            V sums[chains];
                            for (std::size_t i = 0; i < chains; ++i)
                                sums[i] = V(static_cast<typename V::value_type>(i));
                            for (std::size_t round = 0; round < rounds; ++round)
#pragma GCC unroll 16
                                for (std::size_t i = 0; i < chains; ++i)
                                    sums[i] = step(sums[i]);
                            for (const V& sum : sums)
                                keep(sum);
                        }));
    return static_cast<double>(rounds * chains) / best;
}

/// What one core can do at most: floating-point operations a second in fused multiply-adds on full registers.
template <class T>
double peak_flops() {
    using V = xsimd::batch<T>;
    const V factor(T(0.999)), term(T(0.001));
    return 2.0 * V::size *
           peak_steps<V>([=](V sum) __attribute__((always_inline)) { return xsimd::fma(sum, factor, term); });
}

/// Seconds of the fastest of so many calls behind a first one.
template <class Call>
double fastest(std::size_t repeats, Call call) {
    call();
    double best = 1e9;
    for (std::size_t repeat = 0; repeat < repeats; ++repeat)
        best = std::min(best, seconds(call));
    return best;
}

/// Seconds that one core needs to read so many bytes, the fastest of `repeats` reads. Between two reads the
/// bytes stay in the cache that they fit into, or in memory.
inline double read_seconds(std::size_t bytes, std::size_t repeats) {
    using V = xsimd::batch<float>;
    static std::vector<float, xsimd::aligned_allocator<float, strata::alignment>> memory;
    memory.resize(bytes / sizeof(float), 1.0f);
    constexpr std::size_t chains = 8;
    const std::size_t step = chains * V::size;
    const auto read = [&] {
        V sums[chains];
        for (V& sum : sums)
            sum = V(0.0f);
        for (std::size_t i = 0; i + step <= memory.size(); i += step)
#pragma GCC unroll 8
            for (std::size_t j = 0; j < chains; ++j)
                sums[j] += V::load_aligned(&memory[i + j * V::size]);
        for (const V& sum : sums)
            keep(sum);
    };
    return fastest(repeats, read);
}

/// Seconds that one core needs to read so many bytes and to write others in their place.
inline double change_seconds(std::size_t bytes, std::size_t repeats) {
    using V = xsimd::batch<float>;
    static std::vector<float, xsimd::aligned_allocator<float, strata::alignment>> memory;
    memory.resize(bytes / sizeof(float), 1.0f);
    const auto change = [&] {
        for (std::size_t i = 0; i + 4 * V::size <= memory.size(); i += 4 * V::size)
#pragma GCC unroll 4
            for (std::size_t j = 0; j < 4; ++j) {
                float* const place = &memory[i + j * V::size];
                (V::load_aligned(place) + V(1.0f)).store_aligned(place);
            }
        keep(memory[0]);
    };
    return fastest(repeats, change);
}

} // namespace bench
