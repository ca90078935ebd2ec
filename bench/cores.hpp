// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <sched.h>

#include <cstddef>
#include <vector>

namespace bench {

/// The cores that this thread may run on.
inline std::vector<std::size_t> own_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<std::size_t> result;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        for (std::size_t core = 0; core < CPU_SETSIZE; ++core)
            if (CPU_ISSET(core, &set))
                result.push_back(core);
    return result;
}

/// Keeps this thread on one core.
inline void stay_on(std::size_t core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    sched_setaffinity(0, sizeof set, &set);
}

} // namespace bench
