// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/forward.hpp>
#include <strata/kernels/product/batch_pieces.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// What the weight gradient reads: the stage's input [rows][inputs] and the loss's derivative by its sums
/// [rows][outputs], with room for a register behind the last element of both.
template <class T>
struct weight_gradient_buffers {
    const T* x;
    const T* delta;
    std::size_t rows;
    batch_pieces pieces = batch_pieces::whole(rows, rows); ///< of the rows
    T* waiting = nullptr; ///< this thread's memory for sums of pieces, each a `piece_tile`
};

namespace internal {
// The rows that a tile adds: all, or those whose bits are set. Each piece's bits begin with a word.
struct all_rows {};
struct some_rows {
    const std::uint64_t* bits;
    std::size_t count;
};

// A register of a row's derivatives. A last panel that is not full gets zeros for the columns that it lacks.
template <class Layout, bool HasLast, class V, class T>
[[gnu::always_inline]] inline V load_panel(const T* numbers, bool is_last) noexcept {
    if constexpr (HasLast) {
        if (is_last)
            return load_first_of_more<Layout::last, V>(numbers);
    }
    return V::load_unaligned(numbers);
}

template <class V, std::size_t Inputs, std::size_t Panels>
[[gnu::always_inline]] inline void clear(tile_sums<V, Inputs, Panels>& sums) noexcept {
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Inputs; ++i)
#pragma GCC unroll 4
        for (std::size_t q = 0; q < Panels; ++q)
            sums.registers[i][q] = V(value_type_of<V>(0));
}

// A tile's sums over pieces, which wait for others.
template <class V, std::size_t Inputs, std::size_t Panels>
class tile_stack {
public:
    using T = value_type_of<V>;
    static constexpr std::size_t size = Inputs * Panels * V::size;
    static_assert(size <= piece_tile<T>);

    explicit tile_stack(T* memory) noexcept : bottom_(memory), top_(memory) {}

    /// Adds the last ones that wait.
    [[gnu::always_inline]] void merge(tile_sums<V, Inputs, Panels>& sums, std::size_t merges) noexcept {
        for (; merges > 0; --merges) {
            top_ -= size;
#pragma GCC unroll 16
            for (std::size_t i = 0; i < Inputs; ++i)
#pragma GCC unroll 4
                for (std::size_t q = 0; q < Panels; ++q)
                    sums.registers[i][q] =
                        V::load_aligned(top_ + (i * Panels + q) * V::size) + sums.registers[i][q];
        }
    }
    [[gnu::always_inline]] void push(const tile_sums<V, Inputs, Panels>& sums) noexcept {
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Inputs; ++i)
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Panels; ++q)
                sums.registers[i][q].store_aligned(top_ + (i * Panels + q) * V::size);
        top_ += size;
    }
    /// Hands on what is left of the pieces before the last one: use(node, input, panel, register). Returns
    /// how many nodes that are.
    template <class Use>
    std::size_t hand_on(const Use& use) const noexcept {
        std::size_t node = 0;
        for (const T* sums = bottom_; sums != top_; sums += size, ++node)
            for (std::size_t i = 0; i < Inputs; ++i)
                for (std::size_t q = 0; q < Panels; ++q)
                    use(node, i, q, V::load_aligned(sums + (i * Panels + q) * V::size));
        return node;
    }

private:
    T* bottom_;
    T* top_;
};

struct one_piece {};

// How many sums are added to that of each of several pieces, found once for all tiles.
class piece_merges {
public:
    explicit piece_merges(const batch_pieces& pieces) noexcept : pieces_(pieces) {
        const std::size_t count = pieces.count == 1 ? 0 : std::min(pieces.count, known_.size());
        for (std::size_t piece = 0; piece < count; ++piece)
            known_[piece] = static_cast<std::uint8_t>(pieces.merges(piece));
    }
    [[nodiscard]] std::size_t operator()(std::size_t piece) const noexcept {
        return piece < known_.size() ? known_[piece] : pieces_.merges(piece);
    }

private:
    const batch_pieces& pieces_;
    std::array<std::uint8_t, 64> known_; // those of more are asked for again and again
};
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
