// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// How a kernel reads the weights of a K x N product from panel number `panel` on, as registers of what it
/// computes with. Weights of another type than the sums are a specialization.
template <class Layout, std::size_t K, class Weight>
class weight_registers {
    using V = typename Layout::vector;
    const Weight* numbers_;

public:
    [[gnu::always_inline]] weight_registers(const Weight* kernel, std::size_t panel) noexcept
        : numbers_(kernel + panel * K * Layout::lanes) {}

    /// The weights from input k to the outputs of panel q of a tile of `Panels` panels.
    template <std::size_t Panels>
    [[nodiscard, gnu::always_inline]] V panel(std::size_t q, std::size_t k) const noexcept {
        return V::load_aligned(numbers_ + (q * K + k) * Layout::lanes);
    }
    /// Where there is one output: the weights from the inputs k, k + 1, ... to it, k a multiple of the lanes.
    [[nodiscard, gnu::always_inline]] V inputs(std::size_t k) const noexcept {
        return V::load_aligned(numbers_ + k);
    }
};
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
