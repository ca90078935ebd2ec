// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/training/callback.hpp>
#include <strata/training/learning_rates.hpp>
#include <strata/training/snapshot_bytes.hpp>
#include <strata/training/stopping.hpp>

#include <cstddef>
#include <functional>

namespace strata::bedrock::inline STRATA_SETTING {

/// Calls a function of the epoch's number and scores.
struct on_epoch_end {
    std::function<void(std::size_t, const scores&)> function;

    void operator()(training_state& state) {
        if (state.phase == training_state::moment::epoch_end)
            function(state.epoch, state.logs);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::on_epoch_end;
} // namespace strata

STRATA_HEADER_END
