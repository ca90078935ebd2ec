// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "numbers.hpp"
#include "timing.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

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

using bench::numbers;

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
#ifndef __clang__
#    pragma GCC ivdep
#endif
    for (std::size_t i = 0; i < count; ++i) {
        m[i] += 0.1f * (g[i] - m[i]);
        v[i] += 0.001f * (g[i] * g[i] - v[i]);
        w[i] -= rate * m[i] / (std::sqrt(v[i]) + 1e-7f);
    }
}

} // namespace product
