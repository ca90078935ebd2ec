// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "agreement.hpp"

using namespace strata::bedrock;
using agreement::agree;
using strata::tanh;

BOOST_AUTO_TEST_CASE(as_keras_pads) {
    agree({
        AGREES(input<5, 5, 3> | conv_transpose<8, 3>),
        AGREES(input<5, 4, 3> | conv_transpose<1, 3, stride<2>, same>),
        AGREES(input<5, 5, 8> | conv_transpose<9, 2, stride<2>>),
        AGREES(input<4, 5, 20> | conv_transpose<3, spatial{2, 5}, stride<spatial{3, 2}>>),
        AGREES(input<4, 5, 7> | conv_transpose<16, 4, stride<2>, same, no_bias>),
        AGREES(input<4, 5, 4> | conv_transpose<5, 2, stride<3>, same>),
        AGREES(input<4, 5, 3> | conv_transpose<8, 5, same>),
    });
}

BOOST_AUTO_TEST_CASE(as_pytorch_pads) {
    agree({
        AGREES(input<5, 5, 3> | conv_transpose<8, 3, stride<2>, padding<1>, output_padding<1>>),
        AGREES(input<5, 4, 8> | conv_transpose<20, 4, stride<2>, padding<1>>),
        AGREES(input<5, 5, 9> |
               conv_transpose<1, 3, stride<3>, padding<spatial{0, 1}>, output_padding<spatial{2, 1}>>),
        AGREES(input<6, 6, 4> | conv_transpose<4, 3, padding<margins{{2, 1}, {0, 2}}>>),
    });
}

BOOST_AUTO_TEST_CASE(groups_and_dilation) {
    agree({
        AGREES(input<5, 4, 6> | conv_transpose<9, 3, groups<3>, stride<2>, same>),
        AGREES(input<5, 5, 4> | conv_transpose<40, 3, groups<2>, dilation<2>, padding<1>, no_bias> | tanh),
        AGREES(input<7, 3> | conv_transpose<3, 3, groups<3>, dilation<3>, stride<2>>),
        AGREES(input<4, 5, 8> | conv_transpose<3, spatial{2, 3}, dilation<spatial{3, 2}>, same>),
    });
}

BOOST_AUTO_TEST_CASE(other_ranks) {
    agree({
        AGREES(input<9, 3> | conv_transpose<8, 3, stride<2>, same_lower>),
        AGREES(input<9, 17> | conv_transpose<1, 5, stride<2>, padding<2>, output_padding<1>>),
        AGREES(input<3, 4, 3, 8> | conv_transpose<3, 3, stride<2>>),
        AGREES(input<3, 3, 3, 3> | conv_transpose<9, 2, stride<spatial{1, 2, 1}>, padding<1>>),
    });
}

BOOST_AUTO_TEST_CASE(with_tails) {
    agree({
        AGREES(input<12> | dense<36> | relu | reshape<3, 3, 4> | conv_transpose<8, 3, stride<2>, same> |
               relu | conv_transpose<1, 3, stride<2>, same> | sigmoid),
        AGREES(input<5, 5, 3> | conv_transpose<8, 3, no_bias> | batch_norm<> | relu | conv<3, 3>),
        AGREES(input<4, 4, 4> | residual(conv_transpose<4, 3, same> | tanh)),
    });
}
