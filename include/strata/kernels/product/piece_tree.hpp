// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// The order in which sums over a batch are added: the batch is cut into pieces of so many samples, each
/// piece is added from its first sample to its last, and the pieces' sums are added as a tree, neighbours
/// first, where one without a neighbour goes up a level as it is. The order depends on nothing but the batch,
/// so whoever adds some of the pieces, thread or machine, gets the same bits as one who adds all.
struct piece_tree {
    std::size_t pieces; ///< of the whole batch

    /// Pieces [begin, end), whose sum is one number of the tree.
    struct node {
        std::size_t begin;
        std::size_t end;
        friend constexpr bool operator==(const node&, const node&) = default;
    };

    /// The neighbour in front of a node which the tree adds to it next, or an empty one where there is none:
    /// because the node comes first of two, or is the whole batch.
    [[nodiscard]] constexpr node partner(const node& later) const noexcept {
        constexpr node none{0, 0};
        std::size_t size = std::bit_ceil(later.end - later.begin);
        // A node at the end of the batch goes up until it has a neighbour.
        while ((later.begin & size) == 0) {
            if (later.end < pieces || later.begin == 0)
                return none;
            size *= 2;
        }
        return {later.begin - size, later.begin};
    }

    /// How many sums are added to that of one piece when the sums from `first` on wait on a stack, each a
    /// node of the tree that cannot grow without the pieces to come.
    [[nodiscard]] constexpr std::size_t merges(std::size_t first, std::size_t piece) const noexcept {
        if (piece + 1 < pieces) // the levels are the number's bits, but for the batch's end
            return std::min(static_cast<std::size_t>(std::countr_one(piece)),
                            static_cast<std::size_t>(std::bit_width(piece + 1 - first)) - 1);
        node top{piece, piece + 1};
        for (std::size_t count = 0;; ++count) {
            const node neighbour = partner(top);
            if (neighbour.begin == neighbour.end || neighbour.begin < first)
                return count;
            top.begin = neighbour.begin;
        }
    }

    /// The nodes that are left on such a stack when the pieces [first, last) have been added: as few as hold
    /// just these.
    [[nodiscard]] std::vector<node> nodes(std::size_t first, std::size_t last) const {
        std::vector<node> stack;
        for (std::size_t piece = first; piece < last; ++piece) {
            node top{piece, piece + 1};
            for (std::size_t rest = merges(first, piece); rest > 0; --rest) {
                top.begin = stack.back().begin;
                stack.pop_back();
            }
            stack.push_back(top);
        }
        return stack;
    }

    /// How deep the stack becomes at most.
    [[nodiscard]] static constexpr std::size_t depth(std::size_t pieces) noexcept {
        return 2 * static_cast<std::size_t>(std::bit_width(pieces));
    }

    /// The pieces of one of `machines`: whole ones, as evenly as they go.
    [[nodiscard]] constexpr node share(std::size_t machine, std::size_t machines) const noexcept {
        return {pieces * machine / machines, pieces * (machine + 1) / machines};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
