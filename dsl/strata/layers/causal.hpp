// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// "A step looks at itself and at earlier ones alone": an option of layers over [steps, features].
struct causal_option {
    static constexpr auto spelling(auto&& write) { return write("causal"); }
};
inline constexpr causal_option causal{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::causal;
} // namespace strata
