// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>

#include <cstddef>
#include <vector>

namespace bench {

/// Aligned numbers, none of them zero unless `scale` is, followed by as many as a register holds.
struct numbers : std::vector<float, xsimd::aligned_allocator<float, 64>> {
    explicit numbers(std::size_t count, float scale = 1.0f) : vector(count + 16) {
        for (std::size_t i = 0; i < size(); ++i)
            (*this)[i] = scale * (0.01f + 1e-4f * static_cast<float>(i * 2654435761u % 256));
    }
};

} // namespace bench
