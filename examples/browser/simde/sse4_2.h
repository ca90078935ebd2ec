// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// Intel's names for SSE4.2's instructions, computed by WebAssembly's: SIMDe knows how. The headers beside
// this one have the names under which compilers for x86 keep them.

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/sse4.2.h>

// The preprocessor takes the commas of a pack of arguments, f(numbers...), for one argument.
#undef _mm_set_pd
#undef _mm_set_ps
#undef _mm_setr_pd
#undef _mm_setr_ps
#define _mm_set_pd(...) simde_mm_set_pd(__VA_ARGS__)
#define _mm_set_ps(...) simde_mm_set_ps(__VA_ARGS__)
#define _mm_setr_pd(...) simde_mm_setr_pd(__VA_ARGS__)
#define _mm_setr_ps(...) simde_mm_setr_ps(__VA_ARGS__)

// Of equal numbers, and where one is NaN, the second; SIMDe takes two instructions.
#include <wasm_simd128.h>
inline __m128 strata_max_ps(__m128 a, __m128 b) noexcept {
    return simde__m128_from_wasm_v128(
        wasm_f32x4_pmax(simde__m128_to_wasm_v128(b), simde__m128_to_wasm_v128(a)));
}
#undef _mm_max_ps
#define _mm_max_ps(a, b) strata_max_ps(a, b)

#if defined(__wasm_relaxed_simd__)
// SIMDe asks clang by a name that it no longer has. Whether a product is rounded before it is added is the
// processor's choice, the same in all of a program.
#    define STRATA_MULTIPLY_ADD(name, register, type, shape, operation, sign)                                \
        inline register name(register a, register b, register c) noexcept {                                  \
            return simde_##type##_from_wasm_v128(wasm_##shape##_relaxed_##operation(                         \
                simde_##type##_to_wasm_v128(a), simde_##type##_to_wasm_v128(b),                              \
                sign(simde_##type##_to_wasm_v128(c))));                                                      \
        }
STRATA_MULTIPLY_ADD(_mm_fmadd_ps, __m128, _m128, f32x4, madd, )
STRATA_MULTIPLY_ADD(_mm_fmsub_ps, __m128, _m128, f32x4, madd, wasm_f32x4_neg)
STRATA_MULTIPLY_ADD(_mm_fnmadd_ps, __m128, _m128, f32x4, nmadd, )
STRATA_MULTIPLY_ADD(_mm_fnmsub_ps, __m128, _m128, f32x4, nmadd, wasm_f32x4_neg)
STRATA_MULTIPLY_ADD(_mm_fmadd_pd, __m128d, _m128d, f64x2, madd, )
STRATA_MULTIPLY_ADD(_mm_fmsub_pd, __m128d, _m128d, f64x2, madd, wasm_f64x2_neg)
STRATA_MULTIPLY_ADD(_mm_fnmadd_pd, __m128d, _m128d, f64x2, nmadd, )
STRATA_MULTIPLY_ADD(_mm_fnmsub_pd, __m128d, _m128d, f64x2, nmadd, wasm_f64x2_neg)
#    undef STRATA_MULTIPLY_ADD
#endif
