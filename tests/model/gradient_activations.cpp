// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The other activations, which differ from those of gradient_tails.cpp in their formulas alone.
#include "activation_check.hpp"

using namespace gradient_check;

namespace {
using namespace strata::symbols;
constexpr auto mish = named_activation<"mish", x * strata::tanh(softplus(x))>;
} // namespace

CHECK_ACTIVATION(linear, linear)
CHECK_ACTIVATION(leaky_relu, leaky_relu<>)
CHECK_ACTIVATION(elu, elu<1.1>)
CHECK_ACTIVATION(selu, selu)
CHECK_ACTIVATION(silu, silu)
CHECK_ACTIVATION(sigmoid, sigmoid)
CHECK_ACTIVATION(hard_sigmoid, hard_sigmoid)
CHECK_ACTIVATION(softplus, softplus)
CHECK_ACTIVATION(softsign, softsign)
CHECK_ACTIVATION(exponential, exponential)
CHECK_ACTIVATION(own_named, mish)
