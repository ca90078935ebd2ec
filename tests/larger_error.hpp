// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

/// The larger of two errors. NaN is larger than any number and stays, which std::max would drop.
template <class T>
constexpr T larger_error(T known, T error) {
    return known != known || error <= known ? known : error;
}
