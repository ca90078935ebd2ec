// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "gradient_check.hpp"

using namespace gradient_check;
using strata::tanh;

BOOST_AUTO_TEST_CASE(merges) {
    check_all<input<5> | branches(dense<3>, dense<3> | tanh) | add, weighted_sum>();
    check_all<input<5> | branches(dense<9> | sigmoid, dense<9> | tanh, dense<9>) | multiply | dense<2>,
              weighted_sum>();
    check_all<input<5> | branches(dense<3> | sigmoid, dense<3> | tanh) | subtract | tanh, weighted_sum>();
    check_all<input<5> | branches(dense<3> | sigmoid, dense<3> | tanh, identity | dense<3>) | average,
              weighted_sum>();
    check_all<input<5> | branches(dense<4> | tanh, dense<4>) | maximum | dense<2>, weighted_sum>();
    check_all<input<5> | branches(dense<4> | tanh, dense<4>) | minimum | dense<2>, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(concatenations) {
    // Stages of one row that have a tail and lie in their place among others.
    check_all<input<3> | dense<4> | branches(identity | tanh, dense<2>) | concat<>, weighted_sum>();
    check_all<input<4, 3> | dense<4> | branches(global_average_pool | sigmoid, flatten | dense<2>) |
                  concat<> | dense<2>,
              weighted_sum>();
    check_all<input<5> | branches(dense<3> | tanh, identity, dense<9>) | concat<> | dense<2>, weighted_sum>();
    check_all<input<4, 3, 2> | branches(conv<3, 1> | tanh, conv<5, 3, same>) | concat<> | sigmoid |
                  conv<2, 2>,
              weighted_sum>();
    check_all<input<4, 3, 2> | branches(conv<3, 1> | tanh, conv<3, spatial{2, 1}>) | concat<0> | conv<2, 2>,
              weighted_sum>();
}

BOOST_AUTO_TEST_CASE(dot_products) {
    check_all<input<5> | branches(dense<9> | tanh, dense<9>) | dot<> | sigmoid, weighted_sum>();
    check_all<input<4, 3> | branches(dense<5>, dense<2> | tanh) | dot<0> | tanh, weighted_sum>();
    check_all<input<4, 3> | branches(dense<5>, dense<5> | sigmoid) | dot<normalize> | dense<2>,
              weighted_sum>();
    check_all<input<4, 3> | branches(dense<4>, dense<2> | tanh) | dot<1, 0, normalize> | tanh,
              weighted_sum>();
    check_all<input<3, 3> | branches(identity, identity) | dot<0, 1, normalize>, weighted_sum>();
    check_all<input<6> | branches(dense<12> | reshape<4, 3>, dense<3> | tanh) | dot<normalize>,
              weighted_sum>();
    check_all<input<6> | branches(dense<4>, dense<12> | tanh | reshape<4, 3>) | dot<0>, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(residuals) {
    check_all<input<6> | residual(dense<6> | tanh) | dense<2>, weighted_sum>();
    check_all<input<4, 4, 2> | conv<3, 1> | tanh | residual(conv<3, 3, same> | tanh | conv<3, 3, same>) |
                  tanh,
              weighted_sum>();
    check_all<input<5, 4, 2> | residual(conv<4, 3, stride<2>, same> | tanh, conv<4, 1, stride<2>>) | sigmoid,
              weighted_sum>();
    check_all<input<4, 4, 2> |
                  repeat<2>(residual(conv<2, 3, same, no_bias> | batch_norm<> | tanh |
                                     conv<2, 3, same, no_bias> | batch_norm<>) |
                            tanh) |
                  global_average_pool,
              weighted_sum>();
}

BOOST_AUTO_TEST_CASE(nested) {
    check_all<input<5> | branches(branches(dense<3>, dense<4> | tanh) | concat<> | dense<3>, dense<3>) | add,
              weighted_sum>();
    check_all<input<5> | dense<4> | tanh | residual(branches(dense<2> | tanh, dense<2>) | concat<>) |
                  residual(residual(dense<4> | sigmoid) | dense<4>) | dense<2>,
              weighted_sum>();
    check_all<input<5> | branches(dense<4>, dense<3> | tanh) | with_all(pick<0> | tanh, concat<> | dense<4>) |
                  multiply,
              weighted_sum>();
    check_all<input<4, 4, 2> | conv<2, 1> |
                  repeat<2>(branches(identity, batch_norm<> | tanh | conv<3, 3, same>) | concat<>) | dense<2>,
              weighted_sum>();
}

BOOST_AUTO_TEST_CASE(shared_weights_within_a_network) {
    // In a chain, on both sides, at images of two sizes, in a batch normalization, and within each other.
    check<input<5> | repeat<3>(shared_weights<"cell">(dense<5> | tanh)) | dense<2>, weighted_sum>(9);
    constexpr auto encoder = shared_weights<"encoder">(dense<7> | tanh | dense<4>);
    check<input<5> | branches(encoder, dense<5> | encoder) | dot<normalize>, weighted_sum>(9);
    constexpr auto filters = shared_weights<"filters">(conv<2, 3> | tanh);
    check<input<6, 5, 2> | filters | branches(filters | flatten | dense<3>, flatten | dense<3>) | multiply,
          weighted_sum>(9);
    constexpr auto scaled = shared_weights<"scaled">(dense<4, no_bias> | batch_norm<> | sigmoid);
    check<input<4> | branches(scaled | scaled, identity) | add, weighted_sum>(9);
    constexpr auto memory = shared_weights<"memory">(lstm<3, last_step>);
    check<input<4, 3> | branches(memory, simple_rnn<3> | memory) | subtract, weighted_sum>(9);
    constexpr auto inner = shared_weights<"outer">(dense<3> | shared_weights<"inner">(dense<3>) | tanh);
    check<input<3> | inner | inner |
              shared_weights<"outer">(dense<3> | shared_weights<"inner">(dense<3>) | tanh),
          weighted_sum>(9);
}

BOOST_AUTO_TEST_CASE(values_with_several_readers) {
    check_all<input<5> | dense<4> | tanh | branches(identity, identity, dense<4>) | multiply, weighted_sum>();
    check_all<input<5> | dense<4> | branches(identity, dense<4> | tanh, dense<4>) | add | softmax,
              weighted_sum>();
}
