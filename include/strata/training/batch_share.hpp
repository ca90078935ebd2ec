// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/batch_pieces.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// What one of several machines has at hand of a batch: whole pieces, side by side.
struct batch_share {
    std::size_t samples; ///< of the batch
    std::size_t first;   ///< the first at hand
    batch_pieces pieces;

    /// `piece`: samples of a piece.
    [[nodiscard]] static constexpr batch_share
    of_machine(std::size_t samples, std::size_t piece, std::size_t machine, std::size_t machines) noexcept {
        const piece_tree tree{(samples + piece - 1) / piece};
        const piece_tree::node own = tree.share(machine, machines);
        const std::size_t first = std::min(own.begin * piece, samples);
        const std::size_t end = std::min(own.end * piece, samples);
        return {samples, first, {end - first, piece, own.end - own.begin, tree, samples, own.begin}};
    }
    /// The most samples that a machine has of a batch of so many.
    [[nodiscard]] static constexpr std::size_t most(std::size_t samples, std::size_t piece,
                                                    std::size_t machines) noexcept {
        const std::size_t pieces = (samples + piece - 1) / piece;
        return std::min(samples, (pieces + machines - 1) / machines * piece);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
