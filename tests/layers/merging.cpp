// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#define BOOST_TEST_MODULE layers / merging
#include "agreement.hpp"

using namespace strata;
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
