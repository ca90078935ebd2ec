// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "gradient_check.hpp"

using namespace gradient_check;
using strata::tanh;

namespace {
using namespace strata::symbols;
constexpr auto mish = named_activation<"mish", x * strata::tanh(softplus(x))>;

/// As a tail, as a tail behind a dropout, and as a stage of its own behind a softmax.
template <auto Activation>
void check_activation() {
    check<input<5> | dense<7> | Activation | dense<3>, weighted_sum>(9);
    check<input<5> | dense<7> | Activation | dropout<0.3> | dense<3>, weighted_sum>(9);
    check<input<5> | dense<7> | dropout<0.3> | Activation, weighted_sum>(9);
    check<input<5> | dense<7> | softmax | Activation | dense<2>, weighted_sum>(9);
    check<input<5> | dense<7> | Activation | softmax, weighted_sum>(9);
    check<input<4> | dense<2> | Activation | dense<1>, weighted_sum>(
        1); // by one sample in plain numbers, too
}
} // namespace

#define CHECK_ACTIVATION(name, ...)                                                                          \
    BOOST_AUTO_TEST_CASE(name##_slope) { check_activation<__VA_ARGS__>(); }

CHECK_ACTIVATION(linear, linear)
CHECK_ACTIVATION(relu, relu)
CHECK_ACTIVATION(leaky_relu, leaky_relu<>)
CHECK_ACTIVATION(elu, elu<1.1>)
CHECK_ACTIVATION(selu, selu)
CHECK_ACTIVATION(gelu, gelu)
CHECK_ACTIVATION(silu, silu)
CHECK_ACTIVATION(sigmoid, sigmoid)
CHECK_ACTIVATION(hard_sigmoid, hard_sigmoid)
CHECK_ACTIVATION(tanh, tanh_layer{})
CHECK_ACTIVATION(softplus, softplus)
CHECK_ACTIVATION(softsign, softsign)
CHECK_ACTIVATION(exponential, exponential)
CHECK_ACTIVATION(own, activation<x / (1 + square(x))>)
CHECK_ACTIVATION(own_named, mish)
