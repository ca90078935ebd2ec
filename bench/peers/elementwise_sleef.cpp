// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Applies one of SLEEF's functions of 1.0 ulp to many floats: elementwise_sleef FUNCTION COUNT
#include <strata/kernels/simd.hpp>

#include "elementwise.hpp"

#include <immintrin.h>
#include <sleef.h>

#include <stdexcept>

namespace {

#if defined(__AVX512F__)
using V = __m512;
constexpr std::size_t lanes = 16;
V load(const float* source) { return _mm512_loadu_ps(source); }
void store(float* destination, V value) { _mm512_storeu_ps(destination, value); }
V fill(float value) { return _mm512_set1_ps(value); }
#    define SLEEF(name) Sleef_##name##f16_u10avx512f
#elif defined(__AVX2__)
using V = __m256;
constexpr std::size_t lanes = 8;
V load(const float* source) { return _mm256_loadu_ps(source); }
void store(float* destination, V value) { _mm256_storeu_ps(destination, value); }
V fill(float value) { return _mm256_set1_ps(value); }
#    define SLEEF(name) Sleef_##name##f8_u10avx2
#else
using V = __m128;
constexpr std::size_t lanes = 4;
V load(const float* source) { return _mm_loadu_ps(source); }
void store(float* destination, V value) { _mm_storeu_ps(destination, value); }
V fill(float value) { return _mm_set1_ps(value); }
#    define SLEEF(name) Sleef_##name##f4_u10sse2
#endif

template <class Function>
void apply(const float* x, float* y, std::size_t size) {
    for (std::size_t i = 0; i + lanes <= size; i += lanes)
        store(y + i, Function{}(load(x + i)));
}

auto choose(const std::string& name) -> void (*)(const float*, float*, std::size_t) {
    if (name == "exp")
        return apply<decltype([](V x) { return SLEEF(exp)(x); })>;
    if (name == "log")
        return apply<decltype([](V x) { return SLEEF(log)(x); })>;
    if (name == "tanh")
        return apply<decltype([](V x) { return SLEEF(tanh)(x); })>;
    if (name == "sigmoid")
        return apply<decltype([](V x) { return fill(1) / (fill(1) + SLEEF(exp)(-x)); })>;
    if (name == "erf")
        return apply<decltype([](V x) { return SLEEF(erf)(x); })>;
    if (name == "expm1")
        return apply<decltype([](V x) { return SLEEF(expm1)(x); })>;
    if (name == "log1p")
        return apply<decltype([](V x) { return SLEEF(log1p)(x); })>;
    throw std::invalid_argument("no function " + name);
}

} // namespace

int main(int count, char** arguments) { return elementwise::run(count, arguments, choose); }
