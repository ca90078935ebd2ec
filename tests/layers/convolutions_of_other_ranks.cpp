// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "agreement.hpp"

using namespace strata::bedrock;
using agreement::agree;
using strata::tanh;

BOOST_AUTO_TEST_CASE(one_axis) {
    agree({
        AGREES(input<13, 1> | conv<1, 3>),
        AGREES(input<13, 3> | conv<20, 5, same>),
        AGREES(input<17, 8> | conv<9, 3, stride<2>, padding<1>>),
        AGREES(input<19, 20> | conv<16, 3, dilation<3>, same>),
        AGREES(input<19, 7> | conv<8, 3, stride<3>, dilation<2>>),
        AGREES(input<11, 6> | conv<4, 2, groups<2>, same>),
        AGREES(input<11, 17> | conv<3, 1>),
        AGREES(input<3, 4> | conv<4, 7, same>),
    });
}

BOOST_AUTO_TEST_CASE(causal_steps) {
    agree({
        AGREES(input<13, 3> | conv<20, 5, causal>),
        AGREES(input<40, 4> | conv<6, 3, causal, dilation<8>, groups<2>>),
        AGREES(input<10, 17> | conv<9, 3, causal, stride<2>, no_bias>),
        AGREES(input<1, 2> | conv<3, 3, causal, dilation<32>>),
    });
}

BOOST_AUTO_TEST_CASE(three_axes) {
    agree({
        AGREES(input<5, 4, 3, 1> | conv<1, 2>),
        AGREES(input<5, 5, 5, 3> | conv<8, 3, same>),
        AGREES(input<7, 6, 5, 8> | conv<9, 3, stride<2>, padding<1>>),
        AGREES(input<5, 6, 7, 3> | conv<20, spatial{1, 2, 3}, stride<spatial{1, 2, 1}>, same>),
        AGREES(input<5, 5, 5, 4> | conv<6, 2, dilation<2>, groups<2>>),
        AGREES(input<3, 3, 3, 17> | conv<16, 1>),
    });
}
