// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "gradient_check.hpp"

using namespace gradient_check;
using strata::tanh;

BOOST_AUTO_TEST_CASE(convolutions) {
    check_all<input<4, 5, 1> | conv<1, 3>, weighted_sum>();
    check_all<input<5, 5, 3> | conv<9, 3, same> | tanh, weighted_sum>();
    check_all<input<7, 6, 2> | conv<4, 3, stride<2>, padding<1>>, weighted_sum>();
    check_all<input<7, 7, 2> | conv<3, 3, dilation<2>> | sigmoid, weighted_sum>();
    check_all<input<4, 5, 4> | conv<6, spatial{3, 2}, groups<2>, no_bias> | tanh, weighted_sum>();
    check_all<input<4, 4, 5> | conv<8, 1, stride<2>>, weighted_sum>();
    check_all<input<9, 3> | conv<4, 3, same> | tanh | conv<2, 3, stride<2>>, weighted_sum>();
    check_all<input<3, 4, 3, 2> | conv<3, 2, same> | tanh, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(large_enough_for_minimal_filtering) {
    check<input<8, 8, 8> | conv<8, 3, same> | tanh, weighted_sum>(2);
}

BOOST_AUTO_TEST_CASE(depthwise_convolutions) {
    check_all<input<5, 4, 3> | depthwise_conv<3, same> | tanh, weighted_sum>();
    check_all<input<7, 5, 9> | depthwise_conv<3, stride<2>, no_bias>, weighted_sum>();
    check_all<input<5, 5, 2> | depthwise_conv<3, depth_multiplier<3>> | sigmoid, weighted_sum>();
    check_all<input<5, 5, 3> | separable_conv<4, 3, dilation<2>> | tanh, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(transposed_convolutions) {
    check_all<input<3, 3, 2> | conv_transpose<3, 3, stride<2>, same> | tanh, weighted_sum>();
    check_all<input<3, 2, 9> | conv_transpose<1, 2, stride<3>>, weighted_sum>();
    check_all<input<3, 3, 2> | conv_transpose<8, 3, stride<2>, padding<1>, output_padding<1>>,
              weighted_sum>();
    check_all<input<4, 3> | conv_transpose<4, 4, stride<2>, same> | sigmoid | conv<2, 3>, weighted_sum>();
}

// One tap, and places that look at nothing, where channels are gathered and where they are not.
BOOST_AUTO_TEST_CASE(padding_behind_alone) {
    check_all<input<2, 2, 128> | conv<3, 1, padding<margins{0, 1}>>, weighted_sum>();
    check_all<input<3, 3, 4> | conv<8, 1, padding<margins{0, 1}>, stride<2>>, weighted_sum>();
    check_all<input<4, 128> | conv<2, 1, padding<margins{0, 2}>>, weighted_sum>();
    check_all<input<4, 4, 2> | conv_transpose<3, 1, padding<margins{0, 1}>>, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(chains) {
    check_all<input<6, 6, 1> | conv<4, 3, same> | tanh | dropout<0.3> | conv<3, 3> | sigmoid | flatten |
                  dense<5> | softmax,
              weighted_sum>();
    check_all<input<12> | dense<18> | tanh | reshape<3, 3, 2> | conv_transpose<4, 3, stride<2>, same> | tanh |
                  conv<1, 3, same> | sigmoid,
              weighted_sum>();
}
