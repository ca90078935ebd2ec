// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/training/machine_group.hpp>

#include <exception>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Does work whose failure no other machine would hear of, while they wait for this one: it ends them all,
/// with the failure's message.
template <class Work>
void run_or_abandon(machine_group& group, const Work& work) noexcept {
    if (const std::exception_ptr error = caught(work); error != nullptr)
        group.abandon(message_of(error));
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
