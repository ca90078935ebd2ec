// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Samples with their labels or targets, as data sets and splits give them: the first axis of both arrays is
/// that of the samples.
template <class X, class Y>
struct labelled_arrays {
    X x;
    Y y;
    /// What the labels 0, 1, ... stand for, where that is known; else empty.
    std::vector<std::string> class_names = {};
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::labelled_arrays;
} // namespace strata
