// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/batch_source.hpp>
#include <strata/data/labelled_samples.hpp>
#include <strata/data/weight_list.hpp>
#include <strata/setting.hpp>
#include <strata/training/callback.hpp>
#include <strata/training/class_weight_list.hpp>
#include <strata/training/group_reference.hpp>
#include <strata/training/verbosity.hpp>

#include <cstddef>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// How `fit` goes about it, as in Keras. Arrays with names are referred to, not copied, and must live as long
/// as options that name them; temporaries are kept.
struct fit_options {
    std::size_t batch_size = 32; ///< the last batch of an epoch may be smaller
    std::size_t epochs = 1;
    std::size_t initial_epoch =
        0;               ///< the number of the first one, where training goes on; `epochs` is the end
    bool shuffle = true; ///< a new order of the samples for every epoch
    /// 0: all samples are shuffled. Else blocks of a sixteenth of so many consecutive samples are put in a
    /// new order, and each 16 blocks, a window, are shuffled among each other. Samples that stay in a file
    /// are then read block by block, at the speed of reading, where each by itself would take the file a page
    /// at a time: short samples of files larger than memory need that. Memory has to have room for two
    /// windows, and a block is best a megabyte or more. As many as there are samples or more: all.
    std::size_t shuffle_window = 0;
    /// The share of samples, the last ones before shuffling, that is kept for validation; their number is
    /// rounded up.
    double validation_split = 0;
    labelled_samples validation_data = {};      ///< or samples of its own
    batch_source* validation_batches = nullptr; ///< or batches, all of the source's first epoch each time
    std::size_t steps_per_epoch = 0;            ///< of `fit_batches`: 0: all batches that the source has
    /// What each sample counts in the loss, [n], or each of its steps or pixels, [n, rows...]; for several
    /// outputs one array for all or one each, `together`. As in Keras the loss is the sum of the weighted
    /// losses over the number of samples, not of weights. A loss of all rows of a sample together, as ctc and
    /// dice are, takes [n] alone. Metrics are weighted where they say so, `weighted(accuracy)`.
    weight_list sample_weight = {};
    /// What the samples of each class count in training, by the number of the class; times `sample_weight`.
    /// For networks with one output.
    class_weight_list class_weight = {};
    verbosity verbose = verbosity::automatic;
    std::vector<callback> callbacks = {};
    std::size_t threads = 0; ///< 0: as many as OpenMP has, if the network is large enough
    /// Samples of a piece of a batch, a multiple of 4: the gradients of the pieces are added as a tree, so
    /// that machines may share them. 0: 128, so that a batch of the usual size is one piece, which one
    /// machine has.
    std::size_t piece_size = 0;
    /// The machines that train together, the same as those of `part_of(samples, world)`, which asks for them.
    group_reference machines = {};
};

struct evaluate_options {
    std::size_t batch_size = 256;
    weight_list sample_weight = {}; ///< as for `fit`
    verbosity verbose = verbosity::automatic;
    std::size_t threads = 0;
    std::size_t steps = 0; ///< of `evaluate_batches`: 0: all batches that the source has
};

/// What the samples of a batch count, as for `fit`.
struct batch_options {
    weight_list sample_weight = {};
    class_weight_list class_weight = {};
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::batch_options;
using bedrock::evaluate_options;
using bedrock::fit_options;
} // namespace strata
