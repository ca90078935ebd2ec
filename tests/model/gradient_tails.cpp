// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// An activation of each kind: with a comparison, with a slope by the output, with one by the input, and a
// user's own.
#include "activation_check.hpp"

using namespace gradient_check;

CHECK_ACTIVATION(relu, relu)
CHECK_ACTIVATION(gelu, gelu)
CHECK_ACTIVATION(tanh, tanh_layer{})
CHECK_ACTIVATION(own, activation<symbols::x / (1 + square(symbols::x))>)
