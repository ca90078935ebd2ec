// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// R^2 of one target, from the sums of the squared errors and of the squared distances from the mean. A
/// constant target leaves nothing to explain: 1 if it is met and 0 if not, as in scikit-learn. NaN where
/// either sum is.
[[nodiscard]] inline double determination(double error_squares, double target_squares) noexcept {
    if (target_squares != 0)
        return 1 - error_squares / target_squares;
    if (is_not_a_number(error_squares))
        return error_squares;
    return error_squares == 0 ? 1 : 0;
}

} // namespace strata::bedrock::inline STRATA_SETTING::detail
