// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <fstream>
#include <string>

namespace bench {

/// The most memory that the process has held, in megabytes; Linux knows it.
inline double peak_megabytes() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (word == "VmHWM:") {
            double kilobytes = 0;
            status >> kilobytes;
            return kilobytes / 1024;
        }
    return 0;
}

/// Resets the peak, so that it counts from this call on.
inline void forget_peak() { std::ofstream("/proc/self/clear_refs") << 5; }

} // namespace bench
