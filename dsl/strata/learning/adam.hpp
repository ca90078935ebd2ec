// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/learning/optimizer_names.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Kingma and Ba 2015, with Keras's defaults.
struct adam {
    schedule learning_rate = 1e-3;
    double beta_1 = 0.9;
    double beta_2 = 0.999;
    double epsilon = 1e-7;

    auto scalars(double step) const { return detail::optimizer_names::adam_scalars(*this, step); }
    static constexpr auto update =
        rule<detail::optimizer_names::first_moment, detail::optimizer_names::second_moment,
             detail::optimizer_names::adam_step>;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::adam;
} // namespace strata

STRATA_HEADER_END
