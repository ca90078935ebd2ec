// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "sine_weights.hpp"

#include <cstddef>
#include <vector>

namespace controller {

/// The first weights of a network that controls something, 6-64-8-4 or 4-32-32-2: kernel, bias, kernel, bias,
/// ..., as Keras has them.
inline std::vector<float> weights(std::size_t count) { return sine_weights(count, 0.25F); }

} // namespace controller
