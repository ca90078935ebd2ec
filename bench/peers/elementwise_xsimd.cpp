// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Applies one of xsimd's functions to many floats: elementwise_xsimd FUNCTION COUNT
#include <strata/kernels/simd.hpp>

#include "elementwise.hpp"

#include <stdexcept>

namespace {

using V = xsimd::batch<float>;

template <class Function>
void apply(const float* x, float* y, std::size_t size) {
    for (std::size_t i = 0; i + V::size <= size; i += V::size)
        Function{}(V::load_unaligned(x + i)).store_unaligned(y + i);
}

auto choose(const std::string& name) -> void (*)(const float*, float*, std::size_t) {
    if (name == "exp")
        return apply<decltype([](V x) { return xsimd::exp(x); })>;
    if (name == "log")
        return apply<decltype([](V x) { return xsimd::log(x); })>;
    if (name == "tanh")
        return apply<decltype([](V x) { return xsimd::tanh(x); })>;
    if (name == "sigmoid")
        return apply<decltype([](V x) { return V(1) / (V(1) + xsimd::exp(-x)); })>;
    if (name == "erf")
        return apply<decltype([](V x) { return xsimd::erf(x); })>;
    if (name == "expm1")
        return apply<decltype([](V x) { return xsimd::expm1(x); })>;
    if (name == "log1p")
        return apply<decltype([](V x) { return xsimd::log1p(x); })>;
    throw std::invalid_argument("no function " + name);
}

} // namespace

int main(int count, char** arguments) { return elementwise::run(count, arguments, choose); }
