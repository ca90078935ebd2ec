// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <cstddef>

#if defined(__AVX512F__)
#    include <immintrin.h>
#endif

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Results of so many bytes and more have left the caches before anyone reads them.
inline constexpr std::size_t uncached_size = std::size_t{6} << 20;

/// Whether registers of this type are whole lines of memory, which can be written without being read into the
/// caches first. Parts of lines would be written one by one.
template <class V>
inline constexpr bool has_uncached_store = [] {
#if defined(__AVX512F__)
    if constexpr (requires { V::size; }) // single numbers have none
        return V::size * sizeof(value_type_of<V>) == 64;
#endif
    return false;
}();

/// Writes a line of memory that the caches do not keep. A plain store reads the line first and lets it push
/// out what is needed, and where lines of many rows are written in turn, no processor foresees them.
template <class V>
[[gnu::always_inline]] inline void store_uncached([[maybe_unused]] V value,
                                                  [[maybe_unused]] value_type_of<V>* line) noexcept {
#if defined(__AVX512F__)
    if constexpr (sizeof(*line) == sizeof(float))
        _mm512_stream_ps(line, value);
    else
        _mm512_stream_pd(line, value);
#endif
}

/// Has to be called after such stores, before another thread is told that they are done.
inline void finish_uncached_stores() noexcept {
#if defined(__AVX512F__)
    _mm_sfence();
#endif
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
