// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>

#include <cstddef>
#include <stdexcept>

namespace strata::bedrock {

/// A loss that became infinite or no number. The network has the weights of the last good epoch again.
class diverged : public std::runtime_error {
public:
    diverged(std::size_t in_epoch, std::size_t at_step, double loss)
        : std::runtime_error(detail::concatenate(
              "the loss became ", detail::number_to_string(loss), " in epoch ", in_epoch + 1, ", step ",
              at_step, "; the weights are those from before the epoch. A smaller learning rate may help.")),
          epoch(in_epoch),
          step(at_step) {}

    static constexpr const char* kind = "strata::diverged"; ///< what an error handler is told

    std::size_t epoch; ///< from 0
    std::size_t step;  ///< of the epoch, from 1
};

} // namespace strata::bedrock

namespace strata {
using bedrock::diverged;
} // namespace strata
