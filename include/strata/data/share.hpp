// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <limits>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// How many of `rows` a share of them takes out for validation or for a test: their product, rounded up as
/// scikit-learn and Keras do, so that what is left for training is rounded down.
///
/// A product that is whole but for the rounding of a decimal fraction to binary is whole: 0.8 of 10 rows
/// leave 2 (Keras multiplies by 1 - 0.8 and keeps 1), and 0.55 of 100 take 55 (scikit-learn takes 56).
inline std::size_t held_out_count(double share, std::size_t rows) noexcept {
    const double product = share * static_cast<double>(rows);
    const double whole = std::round(product);
    // The share and the product are rounded once each, by half an epsilon of their size at most.
    const bool is_whole = std::abs(product - whole) <= product * std::numeric_limits<double>::epsilon();
    return static_cast<std::size_t>(is_whole ? whole : std::ceil(product));
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
