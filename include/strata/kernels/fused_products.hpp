// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <xsimd/xsimd.hpp>

// Before version 11 xsimd multiplies and adds the registers of AVX-512, and those of four floats or two
// doubles, in two operations, which g++ makes one of when it optimizes, and clang does not: half of the
// speed, and other bits than those of the registers between. These replace its functions, behind them and
// before any use.
#if defined(__FMA__) && XSIMD_VERSION_MAJOR < 11
#    define STRATA_FUSE(T, LANES, FUNCTION, INSTRUCTION)                                                     \
        template <>                                                                                          \
        inline make_sized_batch_t<T, LANES> FUNCTION(const make_sized_batch_t<T, LANES>& x,                  \
                                                     const make_sized_batch_t<T, LANES>& y,                  \
                                                     const make_sized_batch_t<T, LANES>& z) noexcept {       \
            return INSTRUCTION(x, y, z);                                                                     \
        }

namespace xsimd {
STRATA_FUSE(float, 4, fma, _mm_fmadd_ps)
STRATA_FUSE(double, 2, fma, _mm_fmadd_pd)
STRATA_FUSE(float, 4, fms, _mm_fmsub_ps)
STRATA_FUSE(double, 2, fms, _mm_fmsub_pd)
STRATA_FUSE(float, 4, fnma, _mm_fnmadd_ps)
STRATA_FUSE(double, 2, fnma, _mm_fnmadd_pd)
#    if defined(__AVX512F__)
STRATA_FUSE(float, 16, fma, _mm512_fmadd_ps)
STRATA_FUSE(double, 8, fma, _mm512_fmadd_pd)
STRATA_FUSE(float, 16, fms, _mm512_fmsub_ps)
STRATA_FUSE(double, 8, fms, _mm512_fmsub_pd)
STRATA_FUSE(float, 16, fnma, _mm512_fnmadd_ps)
STRATA_FUSE(double, 8, fnma, _mm512_fnmadd_pd)
#    endif
} // namespace xsimd

#    undef STRATA_FUSE
#endif
