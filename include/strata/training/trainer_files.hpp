// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/training/snapshot.hpp>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What a trainer does with files, of which it knows nothing without `strata/io/checkpoint.hpp`.
template <class Trainer>
class trainer_files {
public:
    /// Writes a snapshot to a file, which is replaced as a whole or not at all.
    template <class File>
    void save(const File& file) const {
        constexpr bool known = requires(const training_snapshot& bytes) { write_checkpoint(bytes, file); };
        static_assert(check_files<known, File>());
        if constexpr (known)
            write_checkpoint(static_cast<const Trainer&>(*this).snapshot(), file);
    }
    /// Goes on from what `save` wrote; errors are as for `restore`.
    template <class File>
    void load(const File& file) {
        constexpr bool known = requires(Trainer & teach) { read_checkpoint(teach, file); };
        static_assert(check_files<known, File>());
        if constexpr (known)
            read_checkpoint(static_cast<Trainer&>(*this), file);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
