// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/samples.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What the rows of each output count, [samples][rows]; 1 each where an output has none.
using row_weights = std::vector<std::vector<double>>;

/// Consecutive samples that come together in an order, so that they are read at once.
struct sample_block {
    std::size_t first;
    std::size_t count;
    std::size_t window; ///< the place in the order where those begin among which they are shuffled
    std::size_t window_end;
};

/// A part of some samples with their targets, one array for each input and output: those from `first` on.
struct sample_range {
    const samples* x;
    const samples* y;
    std::size_t first = 0;
    std::size_t count = 0;
    const row_weights* weights = nullptr;
    const std::vector<sample_block>* blocks = nullptr; ///< in the order of their windows, or none
};

} // namespace strata::bedrock::inline STRATA_SETTING
