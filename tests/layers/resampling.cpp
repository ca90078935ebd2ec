// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "agreement.hpp"

using namespace strata::bedrock;
using agreement::agree;
using strata::tanh;

BOOST_AUTO_TEST_CASE(upsampling) {
    agree({
        AGREES(input<3, 5, 1> | upsample<2>),
        AGREES(input<3, 5, 3> | upsample<spatial{3, 2}>),
        AGREES(input<3, 5, 20> | upsample<2, bilinear>),
        AGREES(input<3, 4, 9> | upsample<spatial{1, 3}, bilinear>),
        AGREES(input<1, 5, 8> | upsample<4, bilinear>),
        AGREES(input<7, 17> | upsample<3>),
        AGREES(input<7, 3> | upsample<2, bilinear>),
        AGREES(input<2, 3, 4, 7> | upsample<2>),
        AGREES(input<2, 3, 4, 3> | upsample<spatial{2, 1, 3}, bilinear>),
    });
}

BOOST_AUTO_TEST_CASE(padding_and_cropping) {
    agree({
        AGREES(input<3, 5, 1> | zero_pad<1>),
        AGREES(input<3, 5, 3> | zero_pad<spatial{2, 1}>),
        AGREES(input<3, 5, 20> | zero_pad<margins{{1, 0}, {2, 3}}>),
        AGREES(input<7, 8> | zero_pad<margins{2, 1}>),
        AGREES(input<2, 3, 4, 9> | zero_pad<margins{{1, 0, 2}, {0, 1, 1}}>),
        AGREES(input<5, 7, 3> | crop<1>),
        AGREES(input<5, 7, 17> | crop<spatial{0, 2}>),
        AGREES(input<5, 7, 8> | crop<margins{{1, 0}, {2, 3}}>),
        AGREES(input<7, 3> | crop<margins{2, 1}>),
        AGREES(input<4, 4, 4, 3> | crop<margins{{1, 0, 2}, {0, 1, 1}}>),
    });
}

BOOST_AUTO_TEST_CASE(padding_with_what_is_there) {
    agree({
        AGREES(input<3, 5, 3> | reflect_pad<margins{{2, 1}, {1, 4}}> | tanh),
        AGREES(input<4, 20> | reflect_pad<margins{3, 1}> | edge_pad<margins{1, 2}>),
        AGREES(input<3, 4, 9> | edge_pad<spatial{0, 5}>),
    });
}

BOOST_AUTO_TEST_CASE(resizing) {
    agree({
        AGREES(input<5, 7, 3> | resize<spatial{8, 3}> | tanh),
        AGREES(input<4, 9> | resize<7, align_corners>),
        AGREES(input<2, 4, 3, 2> | resize<spatial{3, 1, 5}, asymmetric>),
        AGREES(input<4, 6, 1> | resize<spatial{7, 3}, nearest>),
        AGREES(input<6, 5, 2> | resize<spatial{3, 8}, nearest, nearest_half_down> |
               resize<spatial{6, 3}, asymmetric, nearest> | resize<4, align_corners, nearest, nearest_up>),
    });
}

BOOST_AUTO_TEST_CASE(permutations) {
    agree({
        AGREES(input<3, 5> | permute<1, 0>),
        AGREES(input<3, 5, 8> | permute<2, 0, 1>),
        AGREES(input<3, 5, 7> | permute<0, 2, 1> | dense<4>),
        AGREES(input<2, 3, 4, 5> | permute<3, 1, 0, 2>),
        AGREES(input<5, 6, 3> | conv<8, 3> | tanh | permute<2, 1, 0> | sigmoid | conv<3, 3>),
    });
}

BOOST_AUTO_TEST_CASE(parametric_rectifiers) {
    agree({
        AGREES(input<7> | prelu<>),
        AGREES(input<3, 5, 3> | prelu<>),
        AGREES(input<3, 5, 3> | prelu<shared::places>),
        AGREES(input<5, 20> | prelu<shared::places>),
        AGREES(input<5, 3> | prelu<shared::all> | dense<20> | prelu<shared::all>),
        AGREES(input<5, 5, 3> | conv<8, 3> | prelu<shared::places> | conv<9, 1> | prelu<> | dense<2>),
    });
}

BOOST_AUTO_TEST_CASE(between_convolutions) {
    agree({
        AGREES(input<5, 5, 3> | conv<8, 3> | relu | zero_pad<margins{{1, 2}, {0, 1}}> | conv<4, 3>),
        AGREES(input<5, 5, 3> | conv<8, 3> | tanh | upsample<2, bilinear> | conv<4, 3, same> | crop<1> |
               sigmoid),
        AGREES(input<4, 4, 3> | conv<8, 3, same> | tanh | upsample<2> | sigmoid | conv<1, 3, same>),
    });
}
