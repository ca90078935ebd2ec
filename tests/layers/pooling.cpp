// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "agreement.hpp"

using namespace strata::bedrock;
using agreement::agree;
using strata::tanh;

BOOST_AUTO_TEST_CASE(maxima) {
    agree({
        AGREES(input<7, 7, 1> | max_pool<2>),
        AGREES(input<7, 7, 3> | max_pool<3, stride<2>>),
        AGREES(input<9, 9, 8> | max_pool<3, stride<2>, same>),
        AGREES(input<9, 9, 9> | max_pool<3, stride<2>, padding<1>>),
        AGREES(input<9, 7, 15> | max_pool<spatial{2, 3}>),
        AGREES(input<9, 7, 17> | max_pool<spatial{3, 2}, stride<1>, same>),
        AGREES(input<9, 8, 20> | max_pool<3, dilation<spatial{2, 3}>, stride<1>, padding<1>> | tanh),
        AGREES(input<8, 11, 5> | max_pool<spatial{2, 3}, dilation<2>, stride<2>, padding<1>, ceil_mode>),
        AGREES(input<4, 4, 16> | max_pool<2, stride<3>, same_lower>),
        AGREES(input<13, 5> | max_pool<3, stride<2>, same>),
        AGREES(input<5, 7, 5, 3> | max_pool<2>),
        AGREES(input<5, 6, 7, 8> | max_pool<spatial{2, 3, 2}, stride<2>, same>),
    });
}

BOOST_AUTO_TEST_CASE(means) {
    agree({
        AGREES(input<7, 7, 1> | average_pool<2>),
        AGREES(input<7, 7, 3> | average_pool<3, stride<2>>),
        AGREES(input<9, 9, 8> | average_pool<3, stride<2>, same>),
        AGREES(input<9, 9, 9> | average_pool<3, stride<2>, padding<1>>),
        AGREES(input<9, 9, 20> | average_pool<3, stride<2>, padding<margins{{1, 2}, {2, 0}}>, count_padding>),
        AGREES(input<9, 8, 16> | average_pool<3, stride<1>, same, count_padding>),
        AGREES(input<2, 8, 3> | average_pool<3, stride<spatial{2, 3}>, padding<spatial{0, 1}>, ceil_mode>),
        AGREES(input<9, 7, 17> | average_pool<spatial{3, 2}, stride<1>, same_lower>),
        AGREES(input<13, 5> | average_pool<3, stride<2>, same>),
        AGREES(input<13, 7> | average_pool<4, padding<2>, count_padding>),
        AGREES(input<5, 7, 5, 3> | average_pool<2>),
        AGREES(input<5, 6, 7, 8> | average_pool<spatial{2, 3, 2}, stride<2>, same>),
    });
}

BOOST_AUTO_TEST_CASE(of_all_places) {
    agree({
        AGREES(input<5, 7, 3> | global_average_pool),
        AGREES(input<13, 17> | global_average_pool),
        AGREES(input<3, 4, 5, 8> | global_average_pool),
        AGREES(input<5, 7, 20> | global_max_pool),
        AGREES(input<13, 1> | global_max_pool),
        AGREES(input<3, 4, 5, 9> | global_max_pool),
    });
}

BOOST_AUTO_TEST_CASE(behind_and_before_others) {
    agree({
        AGREES(input<9, 9, 3> | conv<8, 3> | tanh | max_pool<3, stride<2>> | sigmoid | conv<5, 2>),
        AGREES(input<9, 9, 3> | conv<20, 3> | sigmoid | average_pool<3, stride<2>, padding<1>> | tanh |
               global_max_pool | dense<3>),
    });
}
