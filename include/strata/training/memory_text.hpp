// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/model/prediction_pass.hpp>
#include <strata/plan/summary.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <string>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {

/// What a trainer's plan says of memory, in bytes: the most that a step with so many samples needs for what
/// passes between stages, forward and backward, and what stays from step to step.
template <class Engine>
std::string memory_text(std::size_t samples) {
    using pass = typename Engine::pass;
    using T = typename pass::value_type;
    using prediction = prediction_pass<typename pass::topology, T>;
    const std::size_t one = pass::workspace::bytes_of(samples, 1, default_piece);
    const std::size_t two = pass::workspace::bytes_of(samples, 2, default_piece);
    return concatenate(
        "memory    training by ", samples, " samples: ", grouped(one), " bytes at most, and ",
        grouped(two - one), " for each further thread; weights and the ",
        "optimizer's numbers: ", grouped((1 + Engine::state_count) * pass::places::size * sizeof(T)),
        " bytes; one prediction: ", grouped(prediction::memory_size(1) * sizeof(T)), " bytes\n");
}

} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
