// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/complete_file.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/training/best_score.hpp>
#include <strata/training/callback.hpp>
#include <strata/training/snapshot_bytes.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace strata::bedrock::inline STRATA_SETTING {

/// Writes a snapshot of training. The file appears under its name when it is complete. This is what
/// `save(file)` of a trainer and of a callback's state does.
inline void write_checkpoint(const training_snapshot& snapshot, const std::filesystem::path& file) {
    internal::write_complete_file(snapshot.bytes, file);
}

/// Goes on from what `write_checkpoint` wrote: what `load(file)` of a trainer does.
template <class Trainer>
void read_checkpoint(Trainer& teach, const std::filesystem::path& file) {
    plain_file reader(file);
    teach.read(reader);
}

/// A callback that saves weights, optimizer and step after each epoch, or only when a score has improved.
struct checkpoint {
    std::filesystem::path file;
    bool best_only = false;
    std::string monitor = "val_loss";
    direction mode = direction::unknown; ///< which values are better; unknown: as the score itself says

    void operator()(training_state& state) {
        using enum training_state::moment;
        if (state.phase == begin)
            best_.reset(new internal::best_score("checkpoint", monitor, mode));
        if (state.phase == epoch_end && (!best_only || (!best_->skips(state) && best_->improves(state))))
            state.save(file);
    }

    std::shared_ptr<internal::best_score> best_ = {}; ///< its own
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::checkpoint;
} // namespace strata

STRATA_HEADER_END
