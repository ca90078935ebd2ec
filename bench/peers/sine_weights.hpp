// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

/// Weights that all contenders can make: waves of that height, in Keras's order, array after array.
inline std::vector<float> sine_weights(std::size_t count, float height) {
    std::vector<float> result;
    for (std::size_t i = 0; i < count; ++i)
        result.push_back(height * static_cast<float>(std::sin(1.7 * static_cast<double>(i))));
    return result;
}
