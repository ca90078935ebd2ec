// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/alignment.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// While a tile of a product is computed from registers and the first cache, memory that is wanted next is
/// asked for. What is asked for is a policy of its own, apart from the arithmetic: a tile's loop takes one of
/// the types below and calls its `fetch` once for each register of weights that it loads. Nothing here
/// changes a result.
enum class cache { first, second };

namespace internal {
template <cache Level>
[[gnu::always_inline]] inline void fetch(const void* memory) noexcept {
    if constexpr (Level == cache::first)
        __builtin_prefetch(memory, 0, 3);
    else
        __builtin_prefetch(memory, 0, 2);
}
/// The same for memory that will be written.
[[gnu::always_inline]] inline void fetch_writable(const void* memory) noexcept {
    __builtin_prefetch(memory, 1, 3);
}
} // namespace internal

/// Fetches two pieces of memory, each of which goes on as the weights do. Either may be the weights
/// themselves, which costs an instruction and fetches nothing.
template <class T>
struct linear_fetching {
    const T* near_memory; ///< fetched into the first cache
    const T* far_memory;  ///< fetched into the second cache

    /// How far both are from the weights: two pointers would need registers that count.
    struct stream {
        std::ptrdiff_t near_distance;
        std::ptrdiff_t far_distance;

        template <std::size_t>
        [[gnu::always_inline]] void fetch(const T* weights, std::size_t) const noexcept {
            internal::fetch<cache::first>(weights + near_distance);
            internal::fetch<cache::second>(weights + far_distance);
        }
        /// The stream of the next `run` numbers, from number `number` on, whose weights these are.
        [[gnu::always_inline]] stream open_run(const T*, std::size_t) const noexcept { return *this; }
    };
    static constexpr std::size_t run = static_cast<std::size_t>(-1); ///< All lie together.
    struct cursor {}; ///< Where the taps are is known from the weights.

    [[gnu::always_inline]] cursor begin() const noexcept { return {}; }
    [[gnu::always_inline]] void pass_slice(cursor&) const noexcept {}
    [[gnu::always_inline]] void pass_line(cursor&) const noexcept {}
    [[gnu::always_inline]] void pass_column(cursor&) const noexcept {}
    /// For one tap of a tile whose weights begin at `weights`.
    [[gnu::always_inline]] stream open(const T* weights, cursor) const noexcept {
        return {near_memory - weights, far_memory - weights};
    }
};

/// The same where what goes into the second cache does not lie as the weights do: runs of as many registers
/// as a cache line has numbers lie together, and the next run is `run_step` numbers behind it. The weights
/// are a transposed copy, and these are those that will be transposed next.
template <class T>
struct scattered_fetching {
    const T* near_memory;
    const T* far_memory;
    std::size_t run_step = 0;
    std::ptrdiff_t slice_step = 0; ///< from a tap to the next along each axis
    std::ptrdiff_t line_step = 0;
    std::ptrdiff_t column_step = 0;

    static constexpr std::size_t run = line_size<T>;

    struct stream {
        std::ptrdiff_t near_distance;
        const T* far_memory;
        std::size_t run_step;

        template <std::size_t Lanes>
        [[gnu::always_inline]] void fetch(const T* weights, std::size_t number) const noexcept {
            internal::fetch<cache::first>(weights + near_distance);
            internal::fetch<cache::second>(far_memory + number / run * run_step + number % run * Lanes);
        }
        /// The stream of the run that begins with number `number`, whose weights these are: within a run,
        /// what is fetched goes on as the weights do.
        [[gnu::always_inline]] typename linear_fetching<T>::stream
        open_run(const T* weights, std::size_t number) const noexcept {
            return {near_distance, far_memory + number / run * run_step - weights};
        }
    };
    using cursor = const T*;

    [[gnu::always_inline]] cursor begin() const noexcept { return far_memory; }
    [[gnu::always_inline]] void pass_slice(cursor& memory) const noexcept { memory += slice_step; }
    [[gnu::always_inline]] void pass_line(cursor& memory) const noexcept { memory += line_step; }
    [[gnu::always_inline]] void pass_column(cursor& memory) const noexcept { memory += column_step; }
    [[gnu::always_inline]] stream open(const T* weights, cursor memory) const noexcept {
        return {near_memory - weights, memory, run_step};
    }
};

/// Fetches memory into the second cache, `step` numbers further each time.
template <class T>
struct line_fetching {
    const T* memory;
    std::size_t step; ///< 0 where there is nothing to fetch

    [[gnu::always_inline]] void fetch() noexcept {
        internal::fetch<cache::second>(memory);
        memory += step;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
