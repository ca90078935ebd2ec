// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_list.hpp>
#include <strata/data/weight_list.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Samples with their targets: `.validation_data = {x, y}`, and what they count, as in `fit_options`. All
/// must outlive the call.
struct labelled_samples {
    sample_list x = {};
    sample_list y = {};
    weight_list sample_weight = {};
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::labelled_samples;
} // namespace strata
