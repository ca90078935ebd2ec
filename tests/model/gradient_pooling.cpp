// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "gradient_check.hpp"

using namespace gradient_check;
using strata::tanh;

BOOST_AUTO_TEST_CASE(maxima) {
    check_all<input<5, 5, 3> | conv<3, 2> | tanh | max_pool<2>, weighted_sum>();
    check_all<input<7, 6, 2> | max_pool<3, stride<2>, same> | conv<3, 2>, weighted_sum>();
    check_all<input<7, 9> | max_pool<3, stride<1>, padding<1>> | dense<2>, weighted_sum>();
    check_all<input<4, 4, 4, 2> | max_pool<2> | conv<3, 1> | tanh, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(means) {
    check_all<input<5, 5, 3> | conv<3, 2> | tanh | average_pool<2>, weighted_sum>();
    check_all<input<7, 6, 2> | average_pool<3, stride<2>, same> | conv<3, 2>, weighted_sum>();
    check_all<input<7, 9> | average_pool<3, stride<2>, padding<1>, count_padding> | tanh | dense<2>,
              weighted_sum>();
    check_all<input<4, 4, 4, 2> | average_pool<2> | conv<3, 1> | tanh, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(of_all_places) {
    check_all<input<4, 3, 2> | conv<9, 2> | tanh | global_average_pool | dense<2>, weighted_sum>();
    check_all<input<4, 3, 2> | conv<5, 2> | global_max_pool | tanh | dense<2>, weighted_sum>();
    check_all<input<6, 3> | global_average_pool, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(resampled_images) {
    check_all<input<3, 4, 2> | conv<3, 2> | tanh | upsample<2> | conv<2, 2>, weighted_sum>();
    check_all<input<3, 4, 2> | conv<3, 2> | upsample<spatial{2, 3}, bilinear> | tanh | conv<2, 2>,
              weighted_sum>();
    check_all<input<3, 4, 2> | zero_pad<margins{{1, 0}, {1, 2}}> | conv<3, 3> | tanh | crop<1> | dense<2>,
              weighted_sum>();
    check_all<input<3, 4, 2> | dense<5> | tanh | permute<2, 0, 1> | sigmoid | dense<3>, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(parametric_rectifiers) {
    check_all<input<3, 4, 2> | conv<9, 2> | prelu<> | dense<2>, weighted_sum>();
    check_all<input<3, 4, 2> | conv<9, 2> | tanh | prelu<shared::places> | dense<2>, weighted_sum>();
}
