// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/training/batches.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Memory of a machine for its share of a batch, which only grows.
template <class Model, class Pass>
struct pass_memory {
    typename Pass::workspace space;
    bedrock::batches<Model, Pass> batches;

    /// Makes room for so many samples, in pieces of a length, for a team of so many threads.
    void reserve(std::size_t samples, std::size_t threads, std::size_t piece, bool weighs) {
        if (samples > capacity_ || threads > threads_) {
            capacity_ = std::max(samples, capacity_);
            threads_ = std::max(threads, threads_);
            space = typename Pass::workspace(capacity_, threads_, piece);
            batches.reserve(capacity_);
        }
        if (weighs)
            batches.reserve_weights(capacity_);
    }

private:
    std::size_t capacity_ = 0;
    std::size_t threads_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
