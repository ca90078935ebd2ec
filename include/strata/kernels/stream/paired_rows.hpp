// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Whether two rows one behind the other have their sums in one register of AVX-512, which one row of eight
/// floats fills half of only.
template <class T, std::size_t Channels, std::size_t Pitch, std::size_t Filters, std::size_t Width>
inline constexpr bool suits_paired_rows =
#if defined(__AVX512F__)
    sizeof(T) == 4 && Channels == 8 && Pitch == 8 && Filters == 8 && Width == 8;
#else
    false;
#endif

#if defined(__AVX512F__)
/// The sums of eight filters for `2 * Pairs` rows of eight channels, over taps `tap_step` numbers apart.
/// `weights` are those of eight filters for each channel of each tap; `bias` may be none. Each sum is that of
/// a row by itself, to the last bit; finish(i, sums) gets those of a pair.
///
/// A register has two rows of sums. For four channels the rows' numbers of these channels are put beside each
/// other twice, [a, a, b, b]; then one instruction within quarters spreads a channel's over all filters.
template <std::size_t Taps, std::size_t Pairs, class Finish>
[[gnu::always_inline]] inline void paired_sums(const float* x, std::ptrdiff_t tap_step, const float* weights,
                                               const float* bias, const Finish& finish) noexcept {
    __m512 sums[Pairs];
    const __m512 start = bias == nullptr ? _mm512_setzero_ps()
                                         : _mm512_castpd_ps(_mm512_broadcast_f64x4(
                                               _mm256_loadu_pd(reinterpret_cast<const double*>(bias))));
#    pragma GCC unroll 8
    for (std::size_t i = 0; i < Pairs; ++i)
        sums[i] = start;
    for (std::size_t tap = 0; tap < Taps; ++tap, x += tap_step) {
        const auto add_four = [&](auto four) __attribute__((always_inline)) {
            constexpr int quarters = decltype(four)::value == 0 ? 0xA0 : 0xF5;
            __m512 numbers[Pairs];
#    pragma GCC unroll 8
            for (std::size_t i = 0; i < Pairs; ++i) {
                const __m512 both = _mm512_loadu_ps(x + 16 * i);
                numbers[i] = _mm512_shuffle_f32x4(both, both, quarters);
            }
            const auto add = [&](auto channel) __attribute__((always_inline)) {
                constexpr int spread = 0x55 * decltype(channel)::value;
                const __m512 column = _mm512_castpd_ps(
                    _mm512_broadcast_f64x4(_mm256_load_pd(reinterpret_cast<const double*>(weights))));
                weights += 8;
#    pragma GCC unroll 8
                for (std::size_t i = 0; i < Pairs; ++i)
                    sums[i] = _mm512_fmadd_ps(_mm512_permute_ps(numbers[i], spread), column, sums[i]);
            };
            add(std::integral_constant<int, 0>{});
            add(std::integral_constant<int, 1>{});
            add(std::integral_constant<int, 2>{});
            add(std::integral_constant<int, 3>{});
        };
        add_four(std::integral_constant<int, 0>{});
        add_four(std::integral_constant<int, 1>{});
    }
#    pragma GCC unroll 8
    for (std::size_t i = 0; i < Pairs; ++i)
        finish(i, sums[i]);
}
#else
template <std::size_t Taps, std::size_t Pairs, class... Arguments>
void paired_sums(const Arguments&...) = delete;
#endif
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
