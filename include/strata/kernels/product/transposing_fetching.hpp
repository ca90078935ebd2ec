// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/fetching.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Transposes weights while a tile is computed: those of a few inputs to as many outputs as the tile has
/// products, a few numbers with each register of weights that it loads. Single numbers are moved through
/// registers for whole numbers, since the sums need all others.
///
/// The weights that it reads have the numbers of a cache line for each input, and further outputs as in
/// `scattered_fetching`; the copy has a panel's rows.
template <class T>
struct transposing_fetching {
    static constexpr std::size_t inputs = 4;
    static constexpr std::size_t run = line_size<T>;

    const T* source;
    std::size_t run_step;
    T* copy; ///< null where there is nothing to transpose

    struct idle_stream {
        template <std::size_t>
        [[gnu::always_inline]] void fetch(const T*, std::size_t) const noexcept {}
    };
    struct run_stream {
        const T* source;
        T* copy;

        template <std::size_t Lanes>
        [[gnu::always_inline]] void fetch(const T*, std::size_t number) const noexcept {
            using word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
#pragma GCC unroll 4
            for (std::size_t i = 0; i < inputs; ++i) {
                word moved;
                std::memcpy(&moved, source + number + i * run, sizeof(T));
                std::memcpy(copy + number * Lanes + i, &moved, sizeof(T));
            }
        }
    };
    struct cursor {};

    [[gnu::always_inline]] cursor begin() const noexcept { return {}; }
    [[gnu::always_inline]] const transposing_fetching& open(const T*, cursor) const noexcept { return *this; }
    [[nodiscard]] [[gnu::always_inline]] bool is_idle() const noexcept { return copy == nullptr; }
    /// Fetches what later runs transpose, too: in two steps, as the rows of all runs may lie in the same sets
    /// of the first cache.
    [[gnu::always_inline]] run_stream open_run(const T*, std::size_t number) const noexcept {
        constexpr std::size_t far_lead = 4;
        const T* const rows = source + number / run * run_step;
#pragma GCC unroll 4
        for (std::size_t i = 0; i < inputs; ++i) {
            internal::fetch<cache::first>(rows + run_step + i * run);
            internal::fetch<cache::second>(rows + far_lead * run_step + i * run);
        }
        return {rows, copy + number * run};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
