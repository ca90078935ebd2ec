// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "agreement.hpp"

using namespace strata::bedrock;
using agreement::agree;
using strata::tanh;

// Queries, keys and values whose sizes' product is beyond all numbers.
static_assert(decltype(input<4096, 1024> | attention<16, 64, causal>)::output_shape::size == 4096 * 1024);

BOOST_AUTO_TEST_CASE(of_a_sequence_to_itself) {
    agree({
        AGREES(input<5, 8> | attention<2, 16>),
        AGREES(input<1, 3> | attention<1, 1, causal>),
        AGREES(input<67, 6> | dense<9> | residual(layer_norm<> | attention<3, 5, causal, value_width<7>>)),
        AGREES(input<18, 8> | attention<4, 3, key_heads<2>, no_bias> | tanh),
    });
}

BOOST_AUTO_TEST_CASE(of_a_sequence_to_another) {
    agree({
        AGREES(inputs(input<7, 5>, input<19, 4>) | attention<2, 17>),
        AGREES(inputs(input<3, 6>, input<4, 2>, input<4, 5>) | dot_attention<3, key_heads<1>>),
    });
}

BOOST_AUTO_TEST_CASE(of_steps_that_know_their_place) {
    agree({
        AGREES(input<5, 3> | positions<> | tanh | dense<17> | positions<>),
        AGREES(input<9, 35> | positions<sinusoidal> | dense<4>),
        AGREES(input<11, 36> | rotary_positions<2> | tanh),
        AGREES(input<6, 5> | attention<4, 6, rotary<500.0>, key_heads<2>>),
    });
}
