// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Whether so few filters have their sums as four sums each, of every fourth channel, in one register of
/// AVX-512: for one step at a time, where there is nothing else to fill it with.
template <class T, std::size_t Lanes, std::size_t Panels, std::size_t Channels>
inline constexpr bool is_narrow_product =
#if defined(__AVX512F__)
    sizeof(T) == 4 && Lanes == 4 && Panels == 1 && Channels % 4 == 0;
#else
    false;
#endif

#if defined(__AVX512F__)
/// The sums of four filters over taps `tap_step` numbers apart. Weights are those of four filters for each
/// channel of each tap.
template <std::size_t Taps, std::size_t Channels>
[[nodiscard, gnu::always_inline]] inline __m128 narrow_sums(const float* x, std::ptrdiff_t tap_step,
                                                            const float* weights, __m128 start) noexcept {
    const __m512i four_times = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    __m512 sums[2] = {_mm512_zextps128_ps512(start), _mm512_setzero_ps()};
#    pragma GCC unroll 4
    for (std::size_t tap = 0; tap < Taps; ++tap, x += tap_step)
#    pragma GCC unroll 4
        for (std::size_t k = 0; k < Channels; k += 4, weights += 16) {
            const __m512 numbers =
                _mm512_permutevar_ps(_mm512_broadcast_f32x4(_mm_loadu_ps(x + k)), four_times);
            __m512& sum = sums[(tap * (Channels / 4) + k / 4) % 2];
            sum = _mm512_fmadd_ps(numbers, _mm512_loadu_ps(weights), sum);
        }
    const __m512 both = _mm512_add_ps(sums[0], sums[1]);
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(both),
                                      _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(both), 1)));
    return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
}
#else
template <std::size_t Taps, std::size_t Channels, class... Arguments>
float narrow_sums(const Arguments&...) = delete;
#endif
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING
