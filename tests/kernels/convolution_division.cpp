// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// How the work of a convolution is divided, between threads and into parts that caches hold.
#include "convolution_check.hpp"

using convolution_check::check;
using namespace strata::bedrock;

// Weights that are transposed in parts, where few places share in that; more samples than that too.
BOOST_AUTO_TEST_CASE(more_weights_than_the_cache_holds) {
    check<conv<300, 3, same>, 5, 4, 32>({1, 3, 13});
    check<conv<290, 3, stride<2>, same>, 7, 7, 40>({2});
    check<conv<2100, 1, stride<2>>, 5, 5, 32>({1});
    check<conv_transpose<200, 3, stride<2>>, 3, 3, 48>({1});
}

BOOST_AUTO_TEST_CASE(more_channels_than_filters) {
    check<conv<20, 1>, 6, 5, 330>();
    check<conv<40, 1, stride<2>>, 9, 9, 330>();
    check<conv<10, 2>, 5, 6, 100>();
}

// The gradients of few weights are summed in parts of the places.
BOOST_AUTO_TEST_CASE(few_weights_and_many_places) {
    check<conv<16, 3, same>, 30, 31, 3>({3});
    check<conv<40, 1>, 24, 24, 20>({2, 5});
    check<conv<6, 3, stride<2>, groups<2>>, 41, 40, 4>({7});
    check<conv_transpose<8, 3, stride<2>>, 16, 17, 6>({9});
    check<conv<40, 1>, 16, 16, 90>({65});
}

// Of places that are a multiple of 4 KB apart.
BOOST_AUTO_TEST_CASE(gathered_places) {
    check<conv<136, 1>, 5, 6, 1024>({1, 3});
    check<conv<140, 1, stride<2>>, 17, 19, 512>({2});
    check<conv<256, 1, groups<2>>, 3, 5, 1024>({1});
}

// So many images that weights' gradients are summed over halves of them, one of a place more.
BOOST_AUTO_TEST_CASE(halves_of_large_images) { check<conv<16, 1>, 17, 17, 512>({15}); }

// One register of places or several, and one or two places that fill none.
BOOST_AUTO_TEST_CASE(input_gradients_of_few_places) {
    check<conv<64, 1>, 7, 7, 48>({1});
    check<conv<544, 1>, 5, 5, 32>({2});
    check<conv<64, 1, stride<2>, groups<2>>, 7, 8, 96>({1, 2, 3, 4});
    check<conv<32, 1>, 33, 16>({1});
    check<conv<16, 1, stride<3>>, 4, 7, 10, 64>({1, 2, 3});
    check<conv_transpose<32, 1>, 6, 3, 16>({1, 3});
}

// So large a gradient that it is written without the caches, unless parts of the filters are added to it.
BOOST_AUTO_TEST_CASE(large_input_gradients_of_few_places) {
    check<conv<1024, 1, stride<4>>, 64, 64, 384>({1});
}

// Several taps of few places, whose weights are transposed.
BOOST_AUTO_TEST_CASE(input_gradients_of_few_lines) {
    check<conv<256, 3, same>, 4, 7, 128>({1, 2});
    check<conv<320, 3, same>, 5, 6, 144>({1});
}

// Registers of filters: lines of several tiles with borders of their own, and lines of borders alone.
BOOST_AUTO_TEST_CASE(input_gradients_of_few_channels) {
    check<conv<32, 3, same>, 5, 21, 1>({1, 3});
    check<conv<16, 5, stride<2>, same>, 12, 31, 4>({2});
    check<conv<48, 3, dilation<2>, padding<3>>, 8, 13, 2>({1});
    check<conv<32, 3, same, groups<2>>, 3, 19, 6>({2});
    check<conv<16, 2, stride<3>>, 4, 9, 10, 3>({1, 2});
    check<conv<16, 7, same>, 5, 4, 3>({1});
    check<conv_transpose<32, 3, stride<2>>, 5, 18, 3>({2});
}
