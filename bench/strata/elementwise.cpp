// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Applies a function of strata's formulas to many floats: elementwise FUNCTION COUNT
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/layers/layers.hpp>

#include "bedrock.hpp"
#include "elementwise.hpp"

#include <stdexcept>

using namespace strata;

namespace {

template <term Formula>
void apply(const float* x, float* y, std::size_t size) {
    using V = simd<float, lanes_of<float, 64>>;
    for (std::size_t i = 0; i + V::size <= size; i += V::size)
        evaluate_at(Formula{}, symbols::x, V::load_unaligned(x + i)).store_unaligned(y + i);
}

auto choose(const std::string& name) -> void (*)(const float*, float*, std::size_t) {
    using symbols::x;
    if (name == "exp")
        return apply<decltype(strata::exp(x))>;
    if (name == "log")
        return apply<decltype(strata::log(x))>;
    if (name == "tanh")
        return apply<decltype(strata::tanh(x))>;
    if (name == "sigmoid")
        return apply<decltype(strata::sigmoid(x))>;
    if (name == "erf")
        return apply<decltype(strata::erf(x))>;
    if (name == "expm1")
        return apply<decltype(strata::expm1(x))>;
    if (name == "log1p")
        return apply<decltype(strata::log1p(x))>;
    throw std::invalid_argument("no function " + name);
}

} // namespace

int main(int count, char** arguments) { return elementwise::run(count, arguments, choose); }
