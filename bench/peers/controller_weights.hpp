// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace controller {

/// The first weights of a network that controls something, 6-64-8-4 or 4-32-32-2: kernel, bias, kernel, bias,
/// ..., as Keras has them.
inline std::vector<float> weights(std::size_t count) {
    std::vector<float> result;
    for (std::size_t i = 0; i < count; ++i)
        result.push_back(0.25F * static_cast<float>(std::sin(1.7 * static_cast<double>(i))));
    return result;
}

} // namespace controller
