// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "agreement.hpp"

using namespace strata::bedrock;
using agreement::agree;
using strata::tanh;

BOOST_AUTO_TEST_CASE(channels_and_filters_of_every_width) {
    agree({
        AGREES(input<5, 6, 1> | conv<1, 3>),
        AGREES(input<5, 6, 1> | conv<20, 3>),
        AGREES(input<5, 6, 3> | conv<3, 3, same>),
        AGREES(input<5, 6, 3> | conv<7, 2>),
        AGREES(input<5, 6, 7> | conv<9, 3, same>),
        AGREES(input<5, 6, 8> | conv<8, 3, same>),
        AGREES(input<5, 6, 9> | conv<1, 3>),
        AGREES(input<5, 6, 15> | conv<17, 3>),
        AGREES(input<5, 6, 16> | conv<16, 3, same, no_bias>),
        AGREES(input<5, 6, 17> | conv<15, 3, same>),
        AGREES(input<5, 6, 20> | conv<20, 3>),
    });
}

BOOST_AUTO_TEST_CASE(kernels_of_one_pixel) {
    agree({
        AGREES(input<5, 5, 3> | conv<20, 1>),
        AGREES(input<7, 7, 20> | conv<9, 1, no_bias>),
        AGREES(input<9, 9, 8> | conv<16, 1, stride<2>>),
        AGREES(input<9, 9, 8> | conv<5, 1, padding<1>>),
    });
}

BOOST_AUTO_TEST_CASE(strides) {
    agree({
        AGREES(input<9, 9, 3> | conv<8, 3, stride<2>>),
        AGREES(input<9, 10, 3> | conv<8, 3, stride<2>, same>),
        AGREES(input<11, 9, 8> | conv<9, 3, stride<spatial{2, 3}>, same>),
        AGREES(input<11, 13, 3> | conv<16, 7, stride<2>, padding<3>>),
        AGREES(input<8, 8, 5> | conv<4, 2, stride<2>>),
        AGREES(input<9, 9, 4> | conv<4, 2, stride<3>, same_lower>),
    });
}

BOOST_AUTO_TEST_CASE(paddings) {
    agree({
        AGREES(input<7, 7, 3> | conv<8, 5, same>),
        AGREES(input<7, 9, 4> | conv<8, 4, same>),
        AGREES(input<7, 9, 8> | conv<8, 3, padding<margins{{2, 0}, {1, 3}}>>),
        AGREES(input<3, 3, 8> | conv<8, 7, same>),
        AGREES(input<4, 4, 4> | conv<4, 3, padding<3>>),
        AGREES(input<7, 13, 3> | conv<8, spatial{1, 7}, same>),
        AGREES(input<13, 7, 8> | conv<8, spatial{7, 1}, padding<spatial{3, 0}>>),
        AGREES(input<5, 7, 3> | conv<6, spatial{5, 7}>),
    });
}

BOOST_AUTO_TEST_CASE(dilations) {
    agree({
        AGREES(input<9, 9, 3> | conv<8, 3, dilation<2>>),
        AGREES(input<9, 11, 8> | conv<9, 3, dilation<spatial{2, 3}>, same>),
        AGREES(input<11, 11, 4> | conv<4, 3, dilation<2>, stride<2>, padding<2>>),
        AGREES(input<5, 5, 4> | conv<4, 3, dilation<4>, same>),
    });
}

BOOST_AUTO_TEST_CASE(groups_of_channels) {
    agree({
        AGREES(input<7, 7, 4> | conv<6, 3, groups<2>>),
        AGREES(input<7, 7, 20> | conv<20, 3, groups<4>, same>),
        AGREES(input<9, 9, 32> | conv<16, 3, groups<2>, stride<2>, same>),
        AGREES(input<7, 7, 16> | conv<32, 1, groups<4>, no_bias>),
        AGREES(input<7, 7, 6> | conv<6, 3, groups<6>, dilation<2>>),
    });
}
