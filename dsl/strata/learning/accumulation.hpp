// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/diagnostic.hpp>
#include <strata/learning/gradient_needs.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <class Optimizer, std::size_t Batches>
consteval bool check_accumulation() {
    if constexpr (Batches == 0)
        return reject<Optimizer, "accumulate<0>", "an update needs at least one batch">();
    else if constexpr (requires { Optimizer::batches; })
        return reject<Optimizer, "an optimizer accumulates once", "accumulate<4>(accumulate<2>(...))",
                      "is accumulate<8>">();
    else
        return true;
}
} // namespace detail

/// Made by `accumulate`.
template <class Optimizer, std::size_t Batches>
struct accumulation : Optimizer {
    static_assert(detail::check_accumulation<Optimizer, Batches>());
    static constexpr std::size_t batches = Batches;
};

/// An optimizer that updates with the mean of so many batches' gradients, Keras's
/// `gradient_accumulation_steps`: as with one batch so many times as large, in the memory of one. Dropout and
/// moving averages go on batch by batch; the optimizer, its schedules and what clips count updates. Batches
/// count alike, a short last one of an epoch, too, and a group goes on in the next epoch; what is left of one
/// when training ends waits for more, and is part of a checkpoint.
template <std::size_t Batches, optimizer_type Optimizer>
constexpr accumulation<Optimizer, Batches> accumulate(Optimizer optimizer) {
    return {optimizer};
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::accumulate;
} // namespace strata

STRATA_HEADER_END
