// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "agreement.hpp"

using namespace strata::bedrock;
using agreement::agree;
using strata::tanh;

BOOST_AUTO_TEST_CASE(residuals) {
    agree({
        AGREES(input<5, 5, 3> | residual(conv<3, 3, same>)),
        AGREES(input<5, 5, 8> | residual(conv<8, 3, same> | tanh) | relu),
        AGREES(input<5, 5, 3> | conv<8, 1> | relu | residual(conv<8, 3, same> | relu | conv<8, 3, same>) |
               relu),
        AGREES(input<7, 7, 3> |
               residual(conv<16, 3, stride<2>, same> | tanh | conv<16, 3, same>, conv<16, 1, stride<2>>) |
               relu),
        AGREES(input<6> | dense<17> | tanh | residual(dense<17> | tanh) | dense<3>),
        AGREES(input<6> | residual(residual(dense<6> | tanh) | dense<6>) | tanh),
        AGREES(input<5, 5, 4> | repeat<3>(residual(conv<4, 3, same> | tanh))),
    });
}

BOOST_AUTO_TEST_CASE(residuals_with_normalization) {
    agree({
        AGREES(input<5, 5, 8> | residual(conv<8, 3, same, no_bias> | batch_norm<>) | relu),
        AGREES(
            input<5, 5, 3> | conv<8, 3, same, no_bias> | batch_norm<> | relu |
            residual(conv<8, 1, no_bias> | batch_norm<> | relu | conv<8, 3, same, no_bias> | batch_norm<>) |
            relu | global_average_pool | dense<4>),
        AGREES(input<7, 7, 3> |
               residual(conv<5, 3, stride<2>, same, no_bias> | batch_norm<> | relu | conv<20, 1, no_bias> |
                            batch_norm<>,
                        conv<20, 1, stride<2>, no_bias> | batch_norm<>) |
               relu),
        AGREES(input<5, 5, 4> |
               residual(batch_norm<> | relu | conv<4, 3, same> | batch_norm<> | relu | conv<4, 3, same>)),
    });
}

BOOST_AUTO_TEST_CASE(nested_branches) {
    agree({
        AGREES(input<5, 5, 3> |
               branches(branches(conv<4, 1>, conv<4, 3, same> | relu) | add,
                        residual(conv<3, 3, same>) | conv<4, 1>) |
               multiply),
        AGREES(input<5, 5, 3> | conv<4, 1> |
               branches(identity, branches(identity, conv<4, 3, same> | tanh) | concat<> | conv<4, 1>) |
               concat<> | branches(conv<5, 1> | sigmoid, conv<5, 1>) | multiply | flatten | dense<3>),
        AGREES(input<8> | branches(dense<6>, dense<6>) | branches(elu<>, sigmoid) | multiply | dense<2>),
        AGREES(input<8> | dense<6> | branches(identity, identity) | add),
        AGREES(input<5, 5, 3> | conv<4, 1> | relu |
               residual(branches(conv<2, 3, same>, conv<2, 1> | tanh) | concat<> | conv<4, 1>) |
               residual(relu)),
    });
}

BOOST_AUTO_TEST_CASE(dense_blocks) {
    agree({
        AGREES(input<5, 5, 3> | conv<4, 1> |
               repeat<3>(branches(identity, batch_norm<> | relu | conv<3, 3, same>) | concat<>) |
               batch_norm<> | relu),
        AGREES(input<5, 5, 3> | conv<4, 1> |
               repeat<2>(branches(identity, conv<5, 3, same> | tanh) | concat<>) | global_average_pool |
               dense<2>),
    });
}
