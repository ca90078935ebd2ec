// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <stdexcept>

namespace strata::bedrock {

/// Thrown where machines that train together do not fit each other, or where one of them can no longer be
/// reached. The message names the machine.
class machine_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;

    static constexpr const char* kind = "strata::machine_error"; ///< what an error handler is told
};

} // namespace strata::bedrock

namespace strata {
using bedrock::machine_error;
} // namespace strata
