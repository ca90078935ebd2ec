// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace strata::bedrock::inline STRATA_SETTING {

/// The phases of a step in which memory is needed, from the first to the last. Threads meet between two
/// phases, and only there: what is needed in one phase is needed by all of them at any time of it.
struct lifetime {
    static constexpr std::size_t never = static_cast<std::size_t>(-1);
    std::size_t first = never;
    std::size_t last = 0;

    constexpr void extend(std::size_t phase) noexcept {
        first = first == never ? phase : std::min(first, phase);
        last = std::max(last, phase);
    }
    [[nodiscard]] constexpr bool meets(const lifetime& other) const noexcept {
        return first <= other.last && other.first <= last;
    }
};

/// A piece of memory, in any unit.
struct memory_block {
    std::size_t size = 0;
    lifetime life = {};
    std::size_t begin = 0; ///< where `place_blocks` puts it
    std::size_t next = 0;  ///< for `place_blocks` alone: the block that begins behind it
    bool is_placed = false;
};

/// Gives each block a place, such that blocks whose lifetimes meet do not overlap, and returns the size of
/// all. The largest come first, and each takes the lowest gap that is large enough, which finds the least
/// memory, or all but a few percent, in networks: there are few sizes, and values die in the opposite order
/// of their birth. O(blocks^2), and no memory of its own.
[[gnu::noinline]] constexpr std::size_t place_blocks(std::span<memory_block> blocks) noexcept {
    const std::size_t none = blocks.size();
    std::size_t head = none; // placed blocks in the order in which they begin
    std::size_t end = 0;
    for (;;) {
        std::size_t chosen = none;
        for (std::size_t i = 0; i < blocks.size(); ++i)
            if (!blocks[i].is_placed && blocks[i].size > 0 &&
                (chosen == none || blocks[i].size > blocks[chosen].size))
                chosen = i;
        if (chosen == none)
            return end;
        memory_block& block = blocks[chosen];
        for (std::size_t i = head; i != none; i = blocks[i].next)
            if (blocks[i].life.meets(block.life)) {
                if (block.begin + block.size <= blocks[i].begin)
                    break;
                block.begin = std::max(block.begin, blocks[i].begin + blocks[i].size);
            }
        std::size_t* link = &head;
        while (*link != none && blocks[*link].begin <= block.begin)
            link = &blocks[*link].next;
        block.next = *link;
        *link = chosen;
        block.is_placed = true;
        end = std::max(end, block.begin + block.size);
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
