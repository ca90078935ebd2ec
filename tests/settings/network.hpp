// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <array>
#include <cstdint>

namespace settings {

/// Everything is told in types that depend on no setting.
struct answer {
    const char* registers;
    std::array<float, 3> prediction;
    std::array<float, 3> learnt; ///< the prediction after an epoch of training
    std::uint64_t rates;         ///< of a schedule, all of their bits
    bool caught; ///< whether another file's error was caught here or, without exceptions, its handler found
};

answer generic();
answer generic_threaded();
answer native();
answer native_threaded();
answer generic_without_exceptions();

/// Throws what another file is to catch.
void misread();

/// What another file is to find as the program's error handler.
void handle(const char* kind, const char* message);

} // namespace settings
