// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "agreement.hpp"

using namespace strata::bedrock;
using agreement::agree;
using strata::tanh;

BOOST_AUTO_TEST_CASE(convolutions_with_tails) {
    agree({
        AGREES(input<7, 7, 3> | conv<8, 3, same> | tanh),
        AGREES(input<9, 9, 3> | conv<16, 3> | relu | conv<7, 3, stride<2>> | sigmoid | flatten | dense<5>),
        AGREES(input<9, 9, 1> | conv<8, 3, same> | tanh | max_pool<2> | conv<20, 3, same> | relu | flatten |
               dense<9> | softmax),
        AGREES(input<9, 9, 3> | conv<8, 3, no_bias> | batch_norm<> | relu | conv<9, 3, same, no_bias> |
               batch_norm<> | relu | global_average_pool | dense<3>),
        AGREES(input<9, 9, 3> | conv<8, 3, stride<2>, same> | batch_norm<> | elu<> |
               conv_transpose<3, 3, stride<2>, same> | sigmoid),
        AGREES(input<15, 3> | conv<9, 3, dilation<2>> | relu | max_pool<2> | conv<8, 3> | global_max_pool |
               dense<4>),
    });
}

// Large enough for minimal filtering.
BOOST_AUTO_TEST_CASE(large_images) {
    agree({
        AGREES(input<11, 13, 16> | conv<16, 3, same>),
        AGREES(input<14, 14, 32> | conv<48, 3> | relu),
        AGREES(input<12, 12, 16> | conv<32, 3, padding<2>, no_bias> | tanh),
        AGREES(input<13, 12, 32> | conv<32, 3, same, groups<2>>),
        AGREES(input<12, 15, 16> |
               residual(conv<32, 3, same, no_bias> | batch_norm<> | relu | conv<16, 3, same, no_bias> |
                        batch_norm<>) |
               relu),
        AGREES(input<12, 14, 16> | branches(conv<32, 3, same> | relu, conv<16, 1>) | concat<> | conv<16, 3> |
               sigmoid),
    });
}

BOOST_AUTO_TEST_CASE(piecewise_activations) {
    agree({
        AGREES(input<9> | dense<20> | relu6 | dense<17> | hard_sigmoid6 | dense<9> | hard_swish),
        AGREES(input<9> | dense<20> | clip<-0.3, 0.6> | dense<17> | linear_sigmoid<0.3, 0.4> | dense<9> |
               linear_swish<>),
    });
}
