// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/strata.hpp>

namespace divergence {
using namespace strata;

// The divergence of N(m, e^l) from N(0, 1) is the sum of (m^2 + e^l - l - 1) / 2. The means m and the
// logarithms l are two outputs of the network, each with a loss of its own and without a target.
using symbols::prediction;
inline constexpr auto mean = loss<"mean_divergence", 0.5 * square(prediction), over_outputs::sum>;
inline constexpr auto variance =
    loss<"variance_divergence", 0.5 * (exp(prediction) - prediction - 1), over_outputs::sum>;
} // namespace divergence
