// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/parameter_arrays.hpp>
#include <strata/kernels/product/batch_pieces.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where the sums of one piece of a batch go: to those of the pieces before it, which wait in memory, and
/// with the last piece on to what takes gradients. A batch of one piece has no such memory.
template <class T>
struct piece_memory {
    T* sums = nullptr;       ///< [waiting][size]
    std::size_t size = 0;    ///< places of a head's parameters
    std::size_t waiting = 0; ///< sums that wait
    std::size_t merges = 0;  ///< of them, as many are added to this piece's
    std::size_t stride = 0;  ///< as `batch_pieces` has it
    bool is_last = true;

    [[nodiscard]] bool has_many() const noexcept { return sums != nullptr; }

    /// Goes on to the next of some pieces, from the first on.
    void take(T* memory, std::size_t places, const batch_pieces& pieces, std::size_t piece) noexcept {
        waiting = sums == nullptr ? 0 : waiting + 1 - merges;
        sums = memory;
        size = places;
        merges = pieces.merges(piece);
        stride = pieces.stride;
        is_last = piece + 1 == pieces.count;
    }
};

namespace internal {
/// Takes registers of one piece's sums for one array, whose waiting sums begin at `sums`.
template <class T, class Use>
struct piece_use {
    Use use;
    piece_memory<T> memory;

    template <class V>
    [[gnu::always_inline]] void operator()(std::size_t offset, V sum) const noexcept {
        if (memory.has_many())
            add(offset, sum);
        else
            use(offset, sum);
    }

    /// Whether sums may go straight to where `use` stores them.
    static constexpr bool stores = requires(const Use& some) { some.stored_at(std::size_t{}); };
    [[nodiscard]] bool is_direct() const noexcept { return stores && !memory.has_many(); }
    [[nodiscard]] T* stored_at(std::size_t offset) const noexcept requires(stores) {
        return use.stored_at(offset);
    }

private:
    template <class V>
    [[gnu::noinline]] void add(std::size_t offset, V sum) const noexcept {
        T* const place = memory.sums + offset;
        std::size_t level = memory.waiting;
        for (std::size_t i = 0; i < memory.merges; ++i)
            sum = load<V>(place + --level * memory.size) + sum;
        if (!memory.is_last)
            return store(sum, place + level * memory.size);
        for (std::size_t node = 0; node < level; ++node)
            use(offset + node * memory.stride, load<V>(place + node * memory.size));
        use(offset + level * memory.stride, sum);
    }
};
} // namespace internal

/// `head_updates` for one piece of a batch.
template <class T, class Head, class Updates>
struct piece_updates {
    static constexpr bool takes_some = false;
    static constexpr bool marks_rows = false;

    const Updates& updates;
    piece_memory<T> memory;

    template <class Parameter>
    auto operator()(Parameter array, std::size_t begin = 0) const noexcept {
        piece_memory<T> own = memory;
        if (own.has_many())
            own.sums += place_in_head<T, Head, Parameter> + begin;
        return internal::piece_use<T, decltype(updates(array, begin))>{updates(array, begin), own};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
