// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/language.hpp>

/// The name of the settings that this file is compiled with: its registers, its threads, and what else
/// changes the layout or the code of a network. Everything lives in an inline namespace of that name, so that
/// two files of one program may have different settings: each keeps its own types and functions, and a
/// network that one hands to the other is an error of the linker instead of one of memory.
///
/// Exceptions live outside, since one file may catch what another throws.

#if defined(__AVX512F__) && defined(__AVX512CD__) && defined(__AVX512DQ__) && defined(__AVX512BW__)
#    define STRATA_REGISTERS avx512
#elif defined(__AVX512F__) && defined(__AVX512BW__)
#    define STRATA_REGISTERS avx512bw
#elif defined(__AVX512F__)
#    define STRATA_REGISTERS avx512f
#elif defined(__AVX2__) && defined(__FMA__)
#    define STRATA_REGISTERS avx2_fma
#elif defined(__AVX2__)
#    define STRATA_REGISTERS avx2
#elif defined(__AVX__)
#    define STRATA_REGISTERS avx
#elif defined(__SSE4_2__)
#    define STRATA_REGISTERS sse4_2
#elif defined(__SSE4_1__)
#    define STRATA_REGISTERS sse4_1
#elif defined(__SSSE3__)
#    define STRATA_REGISTERS ssse3
#elif defined(__SSE3__)
#    define STRATA_REGISTERS sse3
#elif defined(__SSE2__)
#    define STRATA_REGISTERS sse2
#elif defined(__ARM_FEATURE_SVE)
#    define STRATA_REGISTERS sve
#elif defined(__ARM_NEON)
#    define STRATA_REGISTERS neon
#elif defined(__wasm_simd128__)
#    define STRATA_REGISTERS wasm_simd128
#elif defined(__VSX__)
#    define STRATA_REGISTERS vsx
#elif defined(__riscv_v_fixed_vlen)
#    define STRATA_REGISTERS rvv
#else
#    define STRATA_REGISTERS plain
#    define STRATA_NO_REGISTERS
#endif

// Products that are rounded with the sum, and instructions of AVX-512 for shorter registers: named where
// processors with such registers mostly are otherwise.
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#    if defined(__AVX2__) || defined(__ARM_NEON)
#        define STRATA_FUSED
#    else
#        define STRATA_FUSED _fma
#    endif
#elif defined(__AVX512F__) || defined(__ARM_NEON)
#    define STRATA_FUSED _no_fma
#else
#    define STRATA_FUSED
#endif
#if defined(__FMA4__)
#    define STRATA_FUSED4 _fma4
#else
#    define STRATA_FUSED4
#endif
#if defined(__AVX512VL__) && !defined(__AVX512BW__)
#    define STRATA_LENGTHS _vl
#elif defined(__AVX512BW__) && !defined(__AVX512VL__)
#    define STRATA_LENGTHS _no_vl
#else
#    define STRATA_LENGTHS
#endif

#if defined(_OPENMP)
#    define STRATA_THREADS _openmp
#else
#    define STRATA_THREADS
#endif

#if defined(__cpp_exceptions)
#    define STRATA_EXCEPTIONS
#else
#    define STRATA_EXCEPTIONS _no_exceptions
#endif

#if defined(__FAST_MATH__)
#    define STRATA_ARITHMETIC _fast_math
#else
#    define STRATA_ARITHMETIC
#endif

#if defined(_GLIBCXX_DEBUG)
#    define STRATA_CONTAINERS _debug
#else
#    define STRATA_CONTAINERS
#endif

// Instructions for dot products of narrow numbers, which processors of one kind of registers have or not.
#if defined(__AVX512BF16__) && defined(__AVX512VL__)
#    define STRATA_BFLOAT16 _bf16
#else
#    define STRATA_BFLOAT16
#endif
#if defined(__AVX512VNNI__) || (defined(__AVXVNNI__) && !defined(__AVX512F__))
#    define STRATA_INT8 _int8
#elif defined(__AVXVNNI__)
#    define STRATA_INT8 _avxvnni
#else
#    define STRATA_INT8
#endif

#define STRATA_PASTE(registers, fused, fused4, lengths, bfloat16, int8, threads, exceptions, arithmetic,     \
                     containers)                                                                             \
    registers##fused##fused4##lengths##bfloat16##int8##threads##exceptions##arithmetic##containers
#define STRATA_EXPAND(...) STRATA_PASTE(__VA_ARGS__)
#define STRATA_SETTING                                                                                       \
    STRATA_EXPAND(STRATA_REGISTERS, STRATA_FUSED, STRATA_FUSED4, STRATA_LENGTHS, STRATA_BFLOAT16,            \
                  STRATA_INT8, STRATA_THREADS, STRATA_EXCEPTIONS, STRATA_ARITHMETIC, STRATA_CONTAINERS)

#define STRATA_QUOTE(name) #name
#define STRATA_QUOTE_VALUE(...) STRATA_QUOTE(__VA_ARGS__)
#define STRATA_SETTING_TEXT STRATA_QUOTE_VALUE(STRATA_SETTING)

namespace strata::bedrock::inline STRATA_SETTING {
namespace detail {}
/// What is nobody's business outside of include/; it sees what dsl/ keeps to itself.
namespace internal {
using namespace detail;
}
} // namespace strata::bedrock::inline STRATA_SETTING
