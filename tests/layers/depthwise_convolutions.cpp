// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "agreement.hpp"

using namespace strata::bedrock;
using agreement::agree;
using strata::tanh;

BOOST_AUTO_TEST_CASE(one_filter_a_channel) {
    agree({
        AGREES(input<7, 7, 1> | depthwise_conv<3>),
        AGREES(input<7, 7, 3> | depthwise_conv<3, same>),
        AGREES(input<9, 7, 8> | depthwise_conv<3, stride<2>, same>),
        AGREES(input<9, 9, 15> | depthwise_conv<3, stride<2>, padding<1>, no_bias>),
        AGREES(input<7, 7, 17> | depthwise_conv<5, same>),
        AGREES(input<9, 9, 20> | depthwise_conv<3, dilation<2>>),
        AGREES(input<9, 9, 16> | depthwise_conv<spatial{1, 5}, dilation<spatial{1, 2}>, same>),
        AGREES(input<13, 9> | depthwise_conv<4, stride<2>>),
        AGREES(input<5, 4, 5, 7> | depthwise_conv<3, same>),
    });
}

BOOST_AUTO_TEST_CASE(several_filters_a_channel) {
    agree({
        AGREES(input<7, 7, 3> | depthwise_conv<3, depth_multiplier<2>>),
        AGREES(input<7, 7, 8> | depthwise_conv<3, depth_multiplier<3>, same, stride<2>>),
        AGREES(input<13, 5> | depthwise_conv<3, depth_multiplier<2>, dilation<2>, no_bias>),
    });
}

BOOST_AUTO_TEST_CASE(separable_convolutions) {
    agree({
        AGREES(input<7, 7, 3> | separable_conv<8, 3>),
        AGREES(input<9, 9, 8> | separable_conv<20, 3, stride<2>, same>),
        AGREES(input<9, 9, 4> | separable_conv<5, 3, depth_multiplier<2>, dilation<2>, no_bias>),
        AGREES(input<13, 17> | separable_conv<9, 3, same>),
    });
}

BOOST_AUTO_TEST_CASE(with_tails) {
    agree({
        AGREES(input<7, 7, 3> | depthwise_conv<3, same> | tanh | conv<8, 1> | relu | depthwise_conv<3>),
        AGREES(input<7, 7, 3> | conv<9, 1, no_bias> | batch_norm<> | relu | depthwise_conv<3, same, no_bias> |
               batch_norm<> | relu | conv<3, 1, no_bias> | batch_norm<>),
        AGREES(input<7, 7, 8> | residual(conv<16, 1> | relu | depthwise_conv<3, same> | relu | conv<8, 1>)),
    });
}
