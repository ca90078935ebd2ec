// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/alignment.hpp>
#include <strata/setting.hpp>

#if defined(__AVX__)

#    include <immintrin.h>

#    include <array>
#    include <cstddef>
#    include <cstdint>
#    include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Which lanes of a register are read, as AVX wants it: the highest bit of each.
template <class Mask, std::size_t Count, std::size_t Size>
alignas(alignment) inline constexpr std::array<Mask, Size> first_lanes_mask = [] {
    std::array<Mask, Size> result{};
    for (std::size_t i = 0; i < Count; ++i)
        result[i] = -1;
    return result;
}();

/// Reads `Count` elements, fewer than a register has, zero in the other lanes, and touches no memory behind
/// them. xsimd 8 has no such load. One that goes by way of the stack waits for the stores there: rows of
/// three or six numbers then take ten times as long as those of eight.
template <std::size_t Count, class V, class T>
[[nodiscard]] inline V load_masked(const T* numbers) noexcept {
    constexpr std::size_t size = V::size;
    constexpr bool is_float = std::is_same_v<T, float>;
    static_assert(Count < size && (is_float || std::is_same_v<T, double>));
#    if defined(__AVX512VL__)
    constexpr unsigned lanes = (1U << Count) - 1;
    if constexpr (is_float && size == 4)
        return _mm_maskz_loadu_ps(lanes, numbers);
    else if constexpr (is_float && size == 8)
        return _mm256_maskz_loadu_ps(lanes, numbers);
    else if constexpr (size == 2)
        return _mm_maskz_loadu_pd(lanes, numbers);
    else if constexpr (!is_float && size == 4)
        return _mm256_maskz_loadu_pd(lanes, numbers);
#    else
    using mask = std::conditional_t<is_float, std::int32_t, std::int64_t>;
    const auto* const lanes = first_lanes_mask<mask, Count, size>.data();
    if constexpr (is_float && size == 4)
        return _mm_maskload_ps(numbers, _mm_load_si128(reinterpret_cast<const __m128i*>(lanes)));
    else if constexpr (is_float && size == 8)
        return _mm256_maskload_ps(numbers, _mm256_load_si256(reinterpret_cast<const __m256i*>(lanes)));
    else if constexpr (size == 2)
        return _mm_maskload_pd(numbers, _mm_load_si128(reinterpret_cast<const __m128i*>(lanes)));
    else if constexpr (!is_float && size == 4)
        return _mm256_maskload_pd(numbers, _mm256_load_si256(reinterpret_cast<const __m256i*>(lanes)));
#    endif
#    if defined(__AVX512F__)
    else if constexpr (is_float)
        return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << Count) - 1), numbers);
    else
        return _mm512_maskz_loadu_pd(static_cast<__mmask8>((1U << Count) - 1), numbers);
#    endif
}
} // namespace internal

} // namespace strata::bedrock::inline STRATA_SETTING

#endif
