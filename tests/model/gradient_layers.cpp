// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "gradient_check.hpp"

using namespace gradient_check;
using strata::tanh;

BOOST_AUTO_TEST_CASE(dense_layers_of_every_width) {
    check_all<input<3> | dense<1>, weighted_sum>();
    check_all<input<1> | dense<1> | dense<3>, weighted_sum>();
    check_all<input<5> | dense<7> | dense<4>, weighted_sum>();
    check_all<input<9> | dense<8> | dense<9>, weighted_sum>();
    check_all<input<17> | dense<33> | dense<16> | dense<2>, weighted_sum>();
    check_all<input<4> | dense<6, no_bias> | dense<1, no_bias>, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(dense_on_rows) {
    check_all<input<4, 3> | dense<5> | tanh | dense<2>, weighted_sum>();
    check_all<input<2, 3, 4> | dense<3> | sigmoid | flatten | dense<5>, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(rearrangements) {
    check_all<input<2, 6> | dense<6> | tanh | reshape<3, 4> | dense<2> | flatten | dense<3>, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(softmax_in_the_middle_and_at_the_end) {
    check_all<input<6> | dense<5> | softmax | dense<3>, weighted_sum>();
    check_all<input<6> | dense<5> | softmax, weighted_sum>();
    check_all<input<6> | dense<12> | tanh | reshape<3, 4> | softmax | dense<2>, weighted_sum>();
    check_all<input<6> | dense<5> | tanh | softmax | gelu | softmax, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(dropout_in_every_place) {
    check_all<input<6> | dense<20> | relu | dropout<0.3> | dense<4>, weighted_sum>();
    check_all<input<6> | dense<20> | dropout<0.3> | dense<4>, weighted_sum>();
    check_all<input<6> | dense<9> | tanh | dropout<0.5> | dense<1> | dropout<0.25> | dense<4>,
              weighted_sum>();
    check_all<input<6> | dense<9> | dropout<0.5> | gelu | dropout<0.2> | dense<4> | softmax, weighted_sum>();
    check_all<input<3, 4> | dense<5> | sigmoid | dropout<0.4> | dense<4>, weighted_sum>();
    check_all<input<6> | dropout<0.5> | dense<4>, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(stages_without_weights) {
    check_all<input<6> | tanh | dense<4> | softmax | silu | dense<3>, weighted_sum>();
    check_all<input<3, 2> | softmax | dense<4> | softmax | tanh | softmax, weighted_sum>();
}

// The first state is the sequence, which another shape of it is not apart from.
BOOST_AUTO_TEST_CASE(states_that_are_the_sequence) {
    check_all<input<2, 4> | dense<3> | branches(identity, flatten) | gru<6, take_state, last_step>,
              weighted_sum>();
    check_all<input<4> | dense<4> | branches(reshape<1, 4>, identity) | simple_rnn<4, take_state, last_step>,
              weighted_sum>();
    check_all<input<2, 3> | dense<3> | branches(identity, flatten, flatten) | lstm<6, take_state, last_step>,
              weighted_sum>();
}
