// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/diagnostic.hpp>
#include <strata/setting.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Everything that training needs to go on from a moment to the same bits: weights, the optimizer's states,
/// the seed, the counts of steps and epochs. The bytes are those of a checkpoint's file, in the format
/// safetensors, and can be kept anywhere.
struct training_snapshot {
    std::vector<unsigned char> bytes;
    std::string origin = "the snapshot"; ///< what errors call it
};

struct training_counts {
    std::uint64_t seed = 0;
    std::uint64_t steps = 0;
    std::uint64_t epochs = 0;
    /// Whether a callback or the program has set a rate since the optimizer was made, and which.
    std::uint64_t has_rate = 0;
    double rate = 0;
};

namespace internal {
/// Whether files are known: an error of its own where they are not.
template <bool Known, class File>
consteval bool check_files() {
    if constexpr (Known)
        return true;
    else
        return reject<File, "a trainer alone", "knows no files", "they come with strata/io/checkpoint.hpp">();
}
/// And whether snapshots are: what writes and reads them is in a header of its own, since it takes a compiler
/// long and few callbacks need it.
template <bool Known, class State>
consteval bool check_snapshots() {
    if constexpr (Known)
        return true;
    else
        return reject<State, "callbacks of a learner", "know no snapshots", "they come with",
                      "strata/training/callbacks.hpp">();
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::training_snapshot;
} // namespace strata
