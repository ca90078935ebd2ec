// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/nonzero.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// The tile of the product that stays in registers: rows that are broadcast, times panels of columns that are
/// loaded. With 32 registers 8 x 2 leaves room for the operands and hides the latency of 16 sums; with 16
/// registers 6 x 2 does, in WebAssembly without multiply-add 4 x 2.
inline constexpr std::size_t tile_panels = 2;
template <class V>
inline constexpr std::size_t tile_rows = sizeof(V) == 64 ? 8 : register_sums / tile_panels;

/// A single row leaves registers free: more panels then, so that there are sums enough to hide the latency.
inline constexpr std::size_t single_row_panels = 4;

/// Where a product has one panel only, each sum is split into so many, over every fourth k, for the same
/// reason.
inline constexpr std::size_t split_sums = 4;
/// Into how many the sums of a product of `Depth` terms are split: with two panels and few terms, as in the
/// small networks that answer one sample after another, two.
template <std::size_t Depth, std::size_t Panels>
inline constexpr std::size_t splits_of = Panels == 1                   ? split_sums
                                         : Panels == 2 && Depth <= 128 ? 2
                                                                       : 1;

/// The rows of a tile whose sums are split: with 32 registers 4 x 1 of four sums, or 6 x 2 of two.
template <class V, std::size_t Depth, std::size_t Panels>
inline constexpr std::size_t split_rows = splits_of<Depth, Panels> == 1
                                              ? tile_rows<V>
                                              : (Panels == 2 && tile_rows<V> == 8 ? 6 : tile_rows<V> / 2);

/// Sums of a tile: rows x panels registers.
template <class V, std::size_t Rows, std::size_t Panels>
struct tile_sums {
    V registers[Rows][Panels];
};

namespace internal {
// The terms of one k.
template <std::size_t Rows, std::size_t Panels, class V, class Left, class Right>
[[gnu::always_inline]] inline void contract_one(tile_sums<V, Rows, Panels>& sums, std::size_t k,
                                                const Left& left, const Right& right) noexcept {
    V columns[Panels];
    for (std::size_t q = 0; q < Panels; ++q)
        columns[q] = right(q, k);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Rows; ++i) {
        const V row(left(i, k));
#pragma GCC unroll 16
        for (std::size_t q = 0; q < Panels; ++q)
            sums.registers[i][q] = xsimd::fma(row, columns[q], sums.registers[i][q]);
    }
}

// The product of one k, which begins the sums.
template <std::size_t Rows, std::size_t Panels, class V, class Left, class Right>
[[gnu::always_inline]] inline void multiply_one(tile_sums<V, Rows, Panels>& sums, std::size_t k,
                                                const Left& left, const Right& right) noexcept {
#pragma GCC unroll 16
    for (std::size_t i = 0; i < Rows; ++i)
#pragma GCC unroll 16
        for (std::size_t q = 0; q < Panels; ++q)
            sums.registers[i][q] = V(left(i, k)) * right(q, k);
}

// Neighbouring chains, then neighbouring sums of those. All of it is unrolled, or the chains would have to
// be in memory.
template <std::size_t Distance, std::size_t Chains, std::size_t Rows, std::size_t Panels, class V>
[[gnu::always_inline]] inline void add_chains(tile_sums<V, Rows, Panels> (&parts)[Chains]) noexcept {
    if constexpr (Distance < Chains) {
#pragma GCC unroll 8
        for (std::size_t c = 0; c + Distance < Chains; c += 2 * Distance)
#pragma GCC unroll 16
            for (std::size_t i = 0; i < Rows; ++i)
#pragma GCC unroll 16
                for (std::size_t q = 0; q < Panels; ++q)
                    parts[c].registers[i][q] += parts[c + Distance].registers[i][q];
        add_chains<2 * Distance>(parts);
    }
}
} // namespace internal

/// The one contraction: registers[i][q] += sum over k < depth of left(i, k) * right(q, k), k in ascending
/// order. `left` gives a number, which is broadcast, `right` a register. The forward product, the input
/// gradient and the weight gradient differ in the two functions only.
template <std::size_t Rows, std::size_t Panels, class V, class Left, class Right>
[[gnu::always_inline]] inline void contract(tile_sums<V, Rows, Panels>& sums, std::size_t depth, Left left,
                                            Right right) noexcept {
    for (std::size_t k = 0; k < depth; ++k)
        internal::contract_one<Rows, Panels>(sums, k, left, right);
}

/// The same over those k alone whose bits are set: `words` of 64 bits.
template <std::size_t Rows, std::size_t Panels, class V, class Left, class Right>
[[gnu::always_inline]] inline void contract_set(tile_sums<V, Rows, Panels>& sums, const std::uint64_t* words,
                                                std::size_t count, Left left, Right right) noexcept {
    nonzero::visit_set(words, count,
                       [&](std::size_t k) { internal::contract_one<Rows, Panels>(sums, k, left, right); });
}

/// The same with each sum split into `Split` chains, chain c over every k = c, c + Split, ..., which are
/// added at the end in a fixed order.
template <std::size_t Depth, std::size_t Split, std::size_t Rows, std::size_t Panels, class V, class Left,
          class Right>
[[gnu::always_inline]] inline void contract_split(tile_sums<V, Rows, Panels>& sums, Left left,
                                                  Right right) noexcept {
    constexpr std::size_t chains = Depth < Split ? Depth : Split;
    if constexpr (chains <= 1)
        contract<Rows, Panels>(sums, Depth, left, right);
    else {
        tile_sums<V, Rows, Panels> parts[chains];
        parts[0] = sums;
        for (std::size_t c = 1; c < chains; ++c)
            for (auto& line : parts[c].registers)
                for (V& sum : line)
                    sum = V(0);
        const auto step = [&](std::size_t c, std::size_t k) {
            contract<Rows, Panels>(
                parts[c], 1, [&](std::size_t i, std::size_t) { return left(i, k); },
                [&](std::size_t q, std::size_t) { return right(q, k); });
        };
        // The first product of a chain need not be added to zero: a sum that begins with no -0 stays the
        // same. Of a single one g++ would make one operation with the sum of the chains.
        constexpr std::size_t begin = Depth >= 2 * chains ? chains : 0;
        if constexpr (begin > 0) {
            step(0, 0);
#pragma GCC unroll 8
            for (std::size_t c = 1; c < chains; ++c)
                internal::multiply_one(parts[c], c, left, right);
        }
        for (std::size_t k = begin; k + chains <= Depth; k += chains)
#pragma GCC unroll 8
            for (std::size_t c = 0; c < chains; ++c)
                step(c, k + c);
#pragma GCC unroll 8
        for (std::size_t c = 0; c < Depth % chains; ++c)
            step(c, Depth / chains * chains + c);
        internal::add_chains<1, chains>(parts);
        sums = parts[0];
    }
}

namespace internal {
template <std::size_t Size>
struct constant_size {
    static constexpr std::size_t value = Size;
};

template <std::size_t Size, class Visit>
[[gnu::always_inline]] inline std::size_t visit_each(std::size_t begin, std::size_t end, Visit& visit) {
    if constexpr (Size > 0)
        for (; end - begin >= Size; begin += Size)
            visit(constant_size<Size>{}, begin);
    return begin;
}
} // namespace internal

/// Visits [begin, end) in runs of the first size as long as they fit, then of the next: visit(run, first)
/// with run::value elements. A size of 0 is skipped. Each size is code of its own, so there should be few.
template <std::size_t... Sizes, class Visit>
[[gnu::always_inline]] inline void visit_runs(std::size_t begin, std::size_t end, Visit visit) {
    ((begin = internal::visit_each<Sizes>(begin, end, visit)), ...);
}

} // namespace strata::bedrock::inline STRATA_SETTING
