// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "convolution_check.hpp"

using convolution_check::check;
using namespace strata::bedrock;

BOOST_AUTO_TEST_CASE(one_dimension) {
    check<conv<5, 3>, 12, 4>();
    check<conv<16, 4, stride<3>, same>, 17, 7>();
    check<conv<33, 3, dilation<2>, padding<3>, no_bias>, 20, 5>();
    check<conv<6, 1>, 1, 3>();
}

BOOST_AUTO_TEST_CASE(two_dimensions) {
    check<conv<8, 3, same>, 9, 9, 3>();
    check<conv<40, 3>, 6, 20, 17>();
    check<conv<64, 1>, 7, 7, 24>();
    check<conv<3, 1, stride<2>>, 9, 8, 33>();
    check<conv<64, 7, stride<2>, padding<3>>, 33, 33, 3>({1});
    check<conv<24, spatial{1, 7}, same>, 5, 17, 8>();
    check<conv<24, spatial{5, 2}, stride<spatial{1, 2}>, same>, 9, 18, 8>();
    check<conv<20, 3, dilation<3>, same>, 11, 10, 6>();
    check<conv<32, 5, same>, 3, 2, 4>();
    check<conv<19, 3, stride<2>, padding<1>>, 14, 14, 32>();
    check<conv<64, 3, padding<2>>, 4, 3, 24>();
    // So few places that weights are transposed beside the sums: of the next panels, of the next filters.
    check<conv<256, 1>, 14, 14, 160>({1});
    check<conv<768, 1, stride<2>>, 27, 28, 16>({1});
    // So large a gradient that it is written without the caches.
    check<conv<16, 1, stride<2>>, 362, 363, 16>({1});
}

BOOST_AUTO_TEST_CASE(three_by_three_with_many_channels) {
    check<conv<32, 3, same>, 14, 15, 48>();
    check<conv<64, 3>, 26, 25, 32>({2});
    check<conv<32, 3, padding<2>>, 12, 17, 32>({5});
    check<conv_transpose<32, 3, same>, 19, 12, 32>({1});
    check<conv<96, 3, same, groups<3>>, 16, 16, 96>({2});
}

BOOST_AUTO_TEST_CASE(groups_of_channels) {
    check<conv<12, 3, same, groups<3>>, 7, 7, 6>();
    check<conv<34, 3, stride<2>, padding<1>, groups<2>>, 8, 9, 16>();
    check<conv<64, 1, groups<2>>, 5, 5, 64>();
}

BOOST_AUTO_TEST_CASE(three_dimensions) {
    check<conv<7, 3, same>, 5, 4, 6, 3>();
    check<conv<17, spatial{2, 1, 3}, stride<spatial{1, 2, 2}>>, 4, 5, 9, 5>();
}

BOOST_AUTO_TEST_CASE(transposed_convolutions) {
    check<conv_transpose<6, 3, stride<2>, same>, 5, 6, 4>();
    check<conv_transpose<18, 2, stride<3>>, 4, 3, 20>();
    check<conv_transpose<5, 4, stride<2>, padding<1>>, 7, 9>();
    check<conv_transpose<1, 3, same>, 9, 9, 8>();
    // Most places are near a border.
    check<conv_transpose<64, 5>, 3, 3, 24>();
    check<conv_transpose<20, 11>, 2, 3, 8>();
}
