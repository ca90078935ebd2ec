// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/aligned_vector.hpp>

#include "bedrock.hpp"

#include <cstddef>

namespace bench {

/// Numbers in memory of the kind that networks have, none of them zero unless `scale` is, followed by as many
/// as a register holds.
struct numbers : strata::bedrock::aligned_vector<float> {
    explicit numbers(std::size_t count, float scale = 1.0f) : vector(count + 16) {
        for (std::size_t i = 0; i < size(); ++i)
            (*this)[i] = scale * (0.01f + 1e-4f * static_cast<float>(i * 2654435761u % 256));
    }
};

} // namespace bench
