// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>

#include "timing.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

/// What all programs about the kernels of a dense layer have in common.
namespace product {

struct options {
    std::string kernel;
    std::size_t rows, inputs, outputs;

    options(int count, char** arguments) {
        if (count != 5)
            throw std::runtime_error("expected forward|weight_gradient|input_gradient ROWS INPUTS OUTPUTS");
        kernel = arguments[1];
        rows = std::strtoull(arguments[2], nullptr, 10);
        inputs = std::strtoull(arguments[3], nullptr, 10);
        outputs = std::strtoull(arguments[4], nullptr, 10);
    }
};

/// Aligned numbers, none of them zero, followed by as many as a register holds.
struct numbers : std::vector<float, xsimd::aligned_allocator<float, 64>> {
    explicit numbers(std::size_t count, float scale = 1.0f) : vector(count + 16) {
        for (std::size_t i = 0; i < size(); ++i)
            (*this)[i] = scale * (0.01f + 1e-4f * static_cast<float>(i * 2654435761u % 256));
    }
};

template <class Call>
void time(const options& settings, Call call) {
    const double flops = 2.0 * static_cast<double>(settings.rows * settings.inputs * settings.outputs);
    const auto repeats = static_cast<std::size_t>(std::max(4.0, 2e9 / flops));
    call();
    const double time = bench::median_seconds(11, repeats, call);
    std::printf("microseconds %.3f\ngflops %.2f\n", time * 1e6, flops / time / 1e9);
}

/// Adam as one pass over a gradient that is in memory, for peers that have none of their own. The compiler
/// vectorizes it.
inline void adam(std::size_t count, float* __restrict w, float* __restrict m, float* __restrict v,
                 const float* __restrict g) {
    const float rate = 0.001f;
#pragma GCC ivdep
    for (std::size_t i = 0; i < count; ++i) {
        m[i] += 0.1f * (g[i] - m[i]);
        v[i] += 0.001f * (g[i] * g[i] - v[i]);
        w[i] -= rate * m[i] / (std::sqrt(v[i]) + 1e-7f);
    }
}

} // namespace product
