// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace strata::bedrock {

/// A loss that became infinite or no number, on data that are finite. From `fit` the network has the weights
/// from before the epoch with the least loss, of this one and those before it; from `train_on_batch` it has
/// the weights from before the call.
class diverged : public std::runtime_error {
public:
    static constexpr const char* general_advice = " A smaller learning rate may help.";

    /// In a batch by itself. The advice ends the message.
    explicit diverged(double loss, const char* advice = general_advice)
        : std::runtime_error(detail::concatenate("the loss is ", detail::number_to_string(loss),
                                                 "; the weights are those from before the batch.", advice)) {}
    /// In a step, from 1, of an epoch, from 0. `kept` is the epoch whose first weights the network has.
    diverged(std::size_t in_epoch, std::size_t in_step, double loss, std::size_t kept,
             const char* advice = general_advice)
        : std::runtime_error(detail::concatenate(
              "the loss became ", detail::number_to_string(loss), " in epoch ", in_epoch + 1, ", step ",
              in_step, "; the weights are those from before ",
              kept == in_epoch ? std::string("the epoch")
                               : detail::concatenate("epoch ", kept + 1, ", which had the least loss"),
              ".", advice)),
          epoch(in_epoch),
          step(in_step),
          kept_epoch(kept) {}

    static constexpr const char* kind = "strata::diverged"; ///< what an error handler is told

    std::size_t epoch = 0;      ///< from 0
    std::size_t step = 1;       ///< of the epoch, from 1
    std::size_t kept_epoch = 0; ///< whose weights, those from before it, the network has
};

} // namespace strata::bedrock

namespace strata {
using bedrock::diverged;
} // namespace strata
