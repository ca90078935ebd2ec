// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What `minimum_norm` of LAPACK or Eigen found out about a matrix.
struct decomposition {
    std::vector<double> singular_values; ///< descending
    std::size_t rank;
};

} // namespace strata::bedrock::inline STRATA_SETTING
