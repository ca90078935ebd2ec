// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/error.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/checkpoint.hpp>
#include <strata/raise.hpp>
#include <strata/training/callback.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>

namespace strata::bedrock::inline STRATA_SETTING {

/// A callback for programs that may be killed: it saves training to a file after each epoch, and a `fit` of
/// the same program begins with what it finds there, and in the epoch behind it. Weights, optimizer, counts
/// and a rate that was set are then what they would be without the kill, to the bit; what other callbacks
/// remember begins anew. The file is gone when `fit` is done; each `fit` of a program needs one of its own.
/// `data_error` for a file that cannot be read or removed, for one of another network, and for one of fewer
/// epochs than the trainer has made, or of more than this `fit` makes; nothing is changed then.
///
/// As in Keras's BackupAndRestore, it stands before callbacks that ask for the epoch at `moment::begin`.
struct backup {
    std::filesystem::path file;

    void operator()(training_state& state) const {
        using enum training_state::moment;
        if (std::error_code none; state.phase == begin && std::filesystem::exists(file, none)) {
            const std::size_t made = state.epochs_in_all();
            const std::size_t most = made + (std::max(state.epoch, state.epochs) - state.epoch);
            const training_snapshot former = state.snapshot();
            state.restore(read_snapshot_file());
            if (const std::size_t found = state.epochs_in_all(); found < made || found > most) {
                state.restore(former);
                internal::raise(
                    data_error::in_file(file,
                                        internal::concatenate("training after ", made, " to ", most,
                                                              " epochs, as this fit makes them"),
                                        internal::concatenate(found, ", as of another fit")));
            } else
                state.epoch += found - made;
        } else if (state.phase == epoch_end)
            state.save(file);
        else if (state.phase == end)
            remove_file();
    }

private:
    [[nodiscard]] training_snapshot read_snapshot_file() const {
        plain_file reader(file);
        const std::string content = reader.read_rest();
        training_snapshot result;
        result.bytes.assign(content.begin(), content.end());
        result.origin = file.string();
        return result;
    }
    void remove_file() const {
        std::error_code error;
        std::filesystem::remove(file, error);
        if (error)
            internal::raise(data_error::in_file(file, "a file that can be removed", error.message()));
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::backup;
} // namespace strata

STRATA_HEADER_END
