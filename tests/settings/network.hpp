// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <array>

namespace settings {

/// Everything is told in types that depend on no setting.
struct answer {
    const char* registers;
    std::array<float, 3> prediction;
    std::array<float, 3> learnt; ///< the prediction after an epoch of training
    bool caught;                 ///< whether an error of the other files' kind was caught here
};

answer generic();
answer generic_threaded();
answer native();
answer native_threaded();

/// Throws what another file is to catch.
void misread();

} // namespace settings
