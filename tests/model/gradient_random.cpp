// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "gradient_check.hpp"

using namespace gradient_check;
using strata::tanh;

BOOST_AUTO_TEST_CASE(dropout_of_channels) {
    check_all<input<4, 4, 2> | conv<9, 3> | spatial_dropout<0.5> | flatten | dense<3>, weighted_sum>();
    check_all<input<4, 4, 2> | conv<17, 3> | tanh | spatial_dropout<0.3> | sigmoid | conv<2, 2>,
              weighted_sum>();
    check_all<input<5, 3> | dense<8> | spatial_dropout<0.4> | dropout<0.2> | dense<2>, weighted_sum>();
}

// The slope is that of whoever reads the pooling, which goes through it in another order.
BOOST_AUTO_TEST_CASE(dropout_behind_poolings) {
    check_all<input<4, 4, 2> | conv<9, 1> | max_pool<2> | dropout<0.5> | flatten | dense<3>, weighted_sum>();
    check_all<input<5, 5, 2> | conv<17, 1> | tanh | average_pool<2> | dropout<0.3> | conv<2, 2>,
              weighted_sum>();
    check_all<input<5, 5, 2> | conv<17, 2> | max_pool<2> | tanh | dropout<0.3> | global_average_pool,
              weighted_sum>();
}

// The steps' rows are the samples' as well: the slope counts them as the forward pass does.
BOOST_AUTO_TEST_CASE(dropout_of_each_step) {
    check_all<input<3, 4, 4, 2> | time_distributed(conv<5, 2>) | tanh | dropout<0.3> | flatten | dense<2>,
              weighted_sum>();
    check_all<input<2, 4> | time_distributed(dense<5> | tanh | dropout<0.3>) | dense<2>, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(gaussian_layers) {
    check_all<input<6> | dense<20> | gaussian_noise<0.5> | tanh | dense<4>, weighted_sum>();
    check_all<input<4, 4, 2> | conv<3, 3> | gaussian_noise<0.5> | tanh | conv<2, 2>, weighted_sum>();
    check_all<input<6> | dense<20> | gaussian_dropout<0.4> | dense<4>, weighted_sum>();
    check_all<input<3, 4> | dense<5> | tanh | gaussian_dropout<0.2> | tanh | dense<4> | softmax,
              weighted_sum>();
    check_all<input<6> | gaussian_noise<0.5> | dense<4> | gaussian_dropout<0.3>, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(draws_between_encoder_and_decoder) {
    check_all<input<6> | dense<5> | tanh | branches(dense<3>, dense<3>) | sampling | dense<4>,
              weighted_sum>();
    check_all<input<3, 4> | dense<5> | branches(dense<17>, dense<17> | tanh) | sampling | tanh | dense<2>,
              weighted_sum>();
    check_all<input<6> | dense<5> | tanh | branches(identity, identity) | sampling | dense<4>,
              weighted_sum>();
}

BOOST_AUTO_TEST_CASE(augmentation_in_the_middle) {
    check_all<input<5, 4, 2> | conv<3, 2> | random_flip<> | flatten | dense<3>, weighted_sum>();
    check_all<input<5, 4, 2> | conv<3, 2> | tanh | random_shift<0.3, 0.4> | conv<2, 2>, weighted_sum>();
    check_all<input<5, 4, 2> | conv<3, 2> | random_rotation<0.3, outside::zero> | tanh | conv<2, 2>,
              weighted_sum>();
    check_all<input<5, 4, 2> | conv<3, 2> | random_zoom<0.5, outside::edge> | conv<2, 2>, weighted_sum>();
    check_all<input<5, 4, 2> | conv<3, 2> | residual(random_rotation<0.1, nearest>) | conv<2, 2>,
              weighted_sum>();
}

BOOST_AUTO_TEST_CASE(augmentation_of_the_input) {
    check_all<input<5, 4, 2> | random_flip<> | random_rotation<0.1> | conv<3, 2> | tanh | conv<2, 2>,
              weighted_sum>();
}
