// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/training/machine_group.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// What a process is asked to train. The networks are compiled apart from what knows MPI, once for all.
struct job {
    std::string network; ///< one of `networks`
    std::size_t batch_size = 30;
    std::size_t epochs = 2;
    std::size_t threads = 1;
    std::uint32_t data = 7; ///< draws the samples
    double rate = 0.1;
    std::string backup = {}; ///< a file that training goes on from and is saved to, if it has a name
    std::string loaded = {}; ///< a file that training begins with, if it has a name
    std::size_t failing_epoch = ~std::size_t{0}; ///< a callback throws there
    bool is_shown = false;                       ///< a line of progress an epoch
};

extern const std::vector<std::string> networks;

/// What training leaves, as bytes.
struct outcome {
    std::vector<unsigned char> snapshot; ///< the weights, the optimizer's states and the counts
    std::vector<unsigned char> scores;   ///< losses and metrics of all epochs
};

/// Alone without a group.
outcome train(const job& task, strata::machine_group* world);
