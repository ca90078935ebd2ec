// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "agreement.hpp"

using namespace strata::bedrock;
using agreement::agree;
using strata::tanh;

BOOST_AUTO_TEST_CASE(sums_and_other_formulas) {
    agree({
        AGREES(input<5> | branches(dense<7>, dense<7>) | add),
        AGREES(input<5, 5, 3> | branches(conv<8, 3, same>, conv<8, 1>, conv<8, 5, same> | tanh) | add | relu),
        AGREES(input<5, 5, 3> | branches(elu<>, sigmoid) | subtract),
        AGREES(input<5, 5, 3> | branches(conv<20, 3>, conv<20, 3> | sigmoid, conv<20, 3> | tanh) | multiply),
        AGREES(input<5, 5, 9> | branches(conv<3, 1>, conv<3, 3, same>, conv<3, 3, same> | relu) | average |
               tanh),
        AGREES(input<5, 5, 3> | branches(conv<17, 1>, conv<17, 3, same>, conv<17, 1> | tanh) | maximum),
        AGREES(input<5, 5, 3> | branches(conv<4, 1>, conv<4, 3, same>) | minimum | conv<3, 3>),
    });
}

BOOST_AUTO_TEST_CASE(several_inputs) {
    agree({
        AGREES(inputs(input<8>, input<8>) | add),
        AGREES(inputs(input<5, 5, 3>, input<5, 5, 3>, input<5, 5, 3>) | multiply),
        AGREES(inputs(input<5, 5, 3>, input<5, 5, 1>) | concat<>),
        AGREES(inputs(input<5, 5, 3>, input<7>) | branches(conv<8, 3> | relu | flatten, dense<9> | tanh) |
               concat<> | dense<3>),
        AGREES(inputs(input<6>, input<4>) |
               with_all(pick<0> | dense<5>, pick<1> | dense<5> | tanh, concat<> | dense<5>) | add),
    });
}

BOOST_AUTO_TEST_CASE(dot_products) {
    agree({
        AGREES(inputs(input<50>, input<50>) | dot<>),
        AGREES(inputs(input<3>, input<3>) | dot<0, normalize> | sigmoid),
        AGREES(inputs(input<7, 33>, input<17, 33>) | dot<>),
        AGREES(inputs(input<7, 33>, input<17, 33>) | dot<1, normalize> | elu<>),
        AGREES(inputs(input<19, 9>, input<19, 33>) | dot<0>),
        AGREES(inputs(input<33, 17>, input<33, 4>) | dot<0, -2, normalize>),
        AGREES(inputs(input<9, 20>, input<20, 17>) | dot<1, 0> | tanh),
        AGREES(inputs(input<20, 17>, input<33, 20>) | dot<0, 1, normalize> | softmax),
        AGREES(input<16, 16> | branches(identity, identity) | dot<-1, 0>),
        AGREES(inputs(input<2, 1>, input<3, 1>) | dot<>),
        AGREES(inputs(input<1, 2>, input<2, 1>) | dot<1, 0, normalize>),
    });
}

BOOST_AUTO_TEST_CASE(dot_products_of_vectors_and_matrices) {
    agree({
        AGREES(inputs(input<17>, input<33, 17>) | dot<> | tanh),
        AGREES(inputs(input<17>, input<17, 33>) | dot<0, normalize>),
        AGREES(inputs(input<70>, input<70, 80>) | dot<-1, 0> | relu | dense<3>),
        AGREES(inputs(input<33, 17>, input<17>) | dot<1, 0, normalize>),
        AGREES(inputs(input<17, 33>, input<17>) | dot<0>),
        AGREES(input<6> | branches(reshape<6, 1>, identity) | dot<0, 0>),
        AGREES(input<5, 4> | branches(dense<9> | tanh, dense<9>) | dot<> | softmax | dense<3>),
        AGREES(input<12> | branches(dense<20> | relu, dense<20>) | dot<normalize> | dense<1>),
        AGREES(input<5, 4> | branches(branches(dense<3>, dense<3> | tanh) | dot<>, identity) | concat<>),
        AGREES(input<5, 4> | branches(identity, identity) | dot<normalize> | batch_norm<> | relu),
    });
}

#ifndef STRATA_EXPORTED_CASES
// No network that agreement.py knows has a derivative by vectors as short as these: TensorFlow divides by the
// square root of the limit there.
BOOST_AUTO_TEST_CASE(dot_product_of_vectors_of_almost_no_length) {
    agreement::example one;
    one.inputs = {1e-8, 2e-8, 0, 3, 0, 4};
    one.upstream = {2};
    one.outputs = one.predictions = {0.006};
    one.input_gradients = {
        2 * 0.6e6, 0, 2 * 0.8e6, 2 * (1e-2 - 0.6 * 0.006) / 5, 2 * 2e-2 / 5, 2 * (0 - 0.8 * 0.006) / 5};
    one.samples = 1;
    agreement::agree<(inputs(input<3>, input<3>) | dot<normalize>), float>(one);
    agreement::agree<(inputs(input<3>, input<3>) | dot<normalize>), double>(one);
}
#endif

BOOST_AUTO_TEST_CASE(concatenations) {
    agree({
        AGREES(input<5, 5, 3> | branches(identity, sigmoid) | concat<>),
        AGREES(input<5, 5, 3> | branches(conv<8, 1>, conv<9, 3, same> | relu, max_pool<3, stride<1>, same>) |
               concat<> | relu),
        AGREES(input<5, 5, 7> | branches(conv<16, 1> | relu, conv<7, 1> | tanh, identity) | concat<> |
               conv<4, 3>),
        AGREES(input<5, 4, 3> | branches(conv<6, 1>, crop<margins{{1, 0}, {2, 0}}> | conv<6, 1> | tanh) |
               concat<0>),
        AGREES(input<5, 4, 3> | branches(conv<6, 1>, conv<6, spatial{1, 2}> | tanh, identity | conv<6, 1>) |
               concat<1> | relu),
        AGREES(input<9> | branches(dense<1>, dense<20> | relu, identity) | concat<-1> | dense<4>),
        AGREES(input<5, 5, 3> | branches(branches(conv<4, 1>, conv<5, 1>) | concat<> | tanh, conv<3, 1>) |
               concat<> | conv<2, 3>),
    });
}

BOOST_AUTO_TEST_CASE(reductions) {
    agree({
        AGREES(input<3, 4, 19> | reduce_mean<0, 1> | tanh),
        AGREES(input<5, 4, 3> | reduce_max<-1, keep_axes> | dense<5> | reduce_min<1>),
        AGREES(input<4, 21> | dense<20> | reduce_max<0>),
        AGREES(input<5, 7> | reduce_sum<-1> | sigmoid | reduce_mean<>),
    });
}

BOOST_AUTO_TEST_CASE(parts) {
    agree({
        AGREES(input<5, 18> | split<2> | multiply | slice<0, 1, -1> | dense<3>),
        AGREES(input<7, 4, 3> | dense<4> | branches(slice<0, 1, 7, 3>, slice<0, -2>) | add | slice<-1, 1>),
    });
}
