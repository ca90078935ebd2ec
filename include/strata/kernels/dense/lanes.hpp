// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/product/weight_layout.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Whether `add_lanes` of a register of so many numbers adds in an order that is written down here.
template <class T>
constexpr bool knows_order(std::size_t lanes) {
#if defined(__SSE3__)
    return std::is_same_v<T, float> && lanes <= 8;
#else
    return lanes == 0;
#endif
}

/// The sum of some registers in the order in which `add_lanes` adds the lanes of one.
template <std::size_t Count, class V>
[[nodiscard, gnu::always_inline]] inline V add_as_lanes(const V (&parts)[Count]) noexcept {
    if constexpr (Count == 4)
        return (parts[0] + parts[1]) + (parts[2] + parts[3]);
    else {
        V halves[Count / 2];
        for (std::size_t i = 0; i < Count / 2; ++i)
            halves[i] = parts[i] + parts[i + Count / 2];
        return add_as_lanes(halves);
    }
}
} // namespace internal

/// A small dense layer of several samples, or of several networks, side by side in the lanes of registers:
/// registers [inputs] -> registers [outputs]. Each lane has the bits that `dense_row` gives.
template <class Head, class T>
struct dense_lanes {
private:
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    static constexpr std::size_t K = Head::inputs;
    static constexpr std::size_t N = Head::outputs;

public:
    static constexpr bool exists = !layout::is_dot || internal::knows_order<T>(layout::lanes);

    /// weight(k, n) and bias(n) are registers, `tail` a formula of one.
    template <class V, class Weight, class Bias, class Tail>
    [[gnu::always_inline]] static void run(const V (&x)[K], V (&y)[N], const Weight& weight,
                                           [[maybe_unused]] const Bias& bias, const Tail& tail) noexcept {
        // A sum has as many chains as one sample's: lanes of a register, or splits.
        constexpr std::size_t chains =
            layout::is_dot ? layout::lanes : std::min(K, splits_of<K, layout::panels>);
        // Of several sums at once, so that a processor need not wait for one.
#pragma GCC unroll 4
        for (std::size_t n = 0; n < N; ++n) {
            V parts[chains];
            for (V& part : parts)
                part = V(T(0));
            if constexpr (Head::has_bias)
                parts[0] = layout::is_dot ? bias(n) : bias(n) + V(T(0));
            constexpr std::size_t whole = K / chains * chains;
#pragma GCC unroll 4
            for (std::size_t first = 0; first < whole; first += chains)
#pragma GCC unroll 16
                for (std::size_t c = 0; c < chains; ++c)
                    parts[c] = xsimd::fma(x[first + c], weight(first + c, n), parts[c]);
#pragma GCC unroll 16
            for (std::size_t c = 0; c < K - whole; ++c)
                parts[c] = xsimd::fma(x[whole + c], weight(whole + c, n), parts[c]);
            if constexpr (layout::is_dot)
                y[n] = tail(internal::add_as_lanes(parts));
            else {
#pragma GCC unroll 4
                for (std::size_t distance = 1; distance < chains; distance *= 2)
#pragma GCC unroll 4
                    for (std::size_t c = 0; c + distance < chains; c += 2 * distance)
                        parts[c] += parts[c + distance];
                y[n] = tail(parts[0]);
            }
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
