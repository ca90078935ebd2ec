// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/alignment.hpp>
#include <strata/kernels/narrow/bfloat16.hpp>
#include <strata/kernels/product/weight_layout.hpp>
#include <strata/kernels/product/weight_registers.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// Two weights of bfloat16, the first in the lower half. A register of them is two registers of floats after
/// a shift and a mask, which all processors have, where single ones would have to be widened.
using bfloat16_pair = std::uint32_t;

/// How the weights of a K x N product rest as pairs of bfloat16, in registers as wide as those of float: of
/// two panels the weights of one input, [panels / 2][K][lanes]; of a last panel that has no other beside it
/// those of two neighbouring inputs, [K / 2][lanes]; and of one output those of two registers of inputs.
template <class Layout, std::size_t K>
struct bfloat16_layout {
    static constexpr std::size_t lanes = Layout::lanes;
    static constexpr std::size_t halves = (K + 1) / 2;
    /// Pairs, filling included.
    static constexpr std::size_t size = Layout::is_dot
                                            ? round_up(Layout::kernel_size, 2 * lanes) / 2
                                            : (Layout::panels / 2 * K + Layout::panels % 2 * halves) * lanes;

    /// Where a weight is: in which pair, and in which half of it.
    struct place {
        std::size_t pair;
        unsigned half;
    };
    /// That of the weight from input k to output n.
    [[nodiscard]] static constexpr place of_weight(std::size_t k, std::size_t n) noexcept {
        const auto half = [](std::size_t number) { return static_cast<unsigned>(number % 2); };
        if constexpr (Layout::is_dot)
            return {k / (2 * lanes) * lanes + k % lanes, half(k / lanes)};
        else {
            const std::size_t panel = n / lanes, begin = panel / 2 * K * lanes + n % lanes;
            if (Layout::panels % 2 == 1 && panel + 1 == Layout::panels)
                return {begin + k / 2 * lanes, half(k)};
            return {begin + k * lanes, half(panel)};
        }
    }

    static void write(bfloat16_pair* pairs, std::size_t k, std::size_t n, bfloat16 weight) noexcept {
        const place there = of_weight(k, n);
        const unsigned shift = 16 * there.half;
        pairs[there.pair] =
            (pairs[there.pair] & ~(0xffffu << shift)) | static_cast<bfloat16_pair>(weight.bits()) << shift;
    }
    [[nodiscard]] static float read(const bfloat16_pair* pairs, std::size_t k, std::size_t n) noexcept {
        const place there = of_weight(k, n);
        return std::bit_cast<float>(pairs[there.pair] >> (16 * there.half) << 16);
    }
};

namespace internal {
/// Widening is exact, so that sums are those of the same weights as floats.
template <class Layout, std::size_t K>
class weight_registers<Layout, K, bfloat16_pair> {
    using V = typename Layout::vector;
    using words = xsimd::batch<bfloat16_pair, typename V::arch_type>;
    static constexpr std::size_t lanes = Layout::lanes;
    const bfloat16_pair* pairs_;

    [[nodiscard, gnu::always_inline]] static V number(const bfloat16_pair* pairs, std::size_t half) noexcept {
        const words both = words::load_aligned(pairs);
        return same_bits<V>(half % 2 == 0 ? words(both << 16) : words(both & words(0xffff0000u)));
    }

public:
    /// `panel` is even: tiles of an odd number of panels end with the last one.
    [[gnu::always_inline]] weight_registers(const bfloat16_pair* kernel, std::size_t panel) noexcept
        : pairs_(kernel + panel / 2 * K * lanes) {}

    template <std::size_t Panels>
    [[nodiscard, gnu::always_inline]] V panel(std::size_t q, std::size_t k) const noexcept {
        const bfloat16_pair* const pairs = pairs_ + q / 2 * K * lanes;
        if (Panels % 2 == 1 && q + 1 == Panels)
            return number(pairs + k / 2 * lanes, k);
        return number(pairs + k * lanes, q);
    }
    [[nodiscard, gnu::always_inline]] V inputs(std::size_t k) const noexcept {
        return number(pairs_ + k / (2 * lanes) * lanes, k / lanes);
    }
};
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
