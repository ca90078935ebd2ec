// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "gradient_check.hpp"

using namespace gradient_check;
using strata::tanh;

BOOST_AUTO_TEST_CASE(of_attention) {
    check_all<input<5, 6> | attention<2, 4> | tanh | dense<2>, weighted_sum>();
    check_all<input<6, 3> | dense<4> | residual(layer_norm<> | attention<2, 9, causal, value_width<3>>) |
                  dense<2>,
              weighted_sum>();
    check_all<input<5, 4> | attention<4, 2, key_heads<2>, dropout<0.4>, no_bias>, weighted_sum>();
    check_all<input<9, 3> | branches(average_pool<4> | dense<4>, identity) | attention<2, 3> | sigmoid,
              weighted_sum>();
}

// The same value three times.
BOOST_AUTO_TEST_CASE(of_plain_attention) {
    check_all<input<7, 3> | dense<4> | branches(identity, identity, identity) | dot_attention<2, causal>,
              weighted_sum>();
}

namespace {
constexpr auto words = embedding<18, 5>;
constexpr auto tied = input<4> | shared_weights<"words">(words) | tanh |
                      branches(shared_weights<"words">(unembedding<words>) | sigmoid | dense<2>, identity) |
                      concat<1>;
} // namespace

// Numbers are rounded to tokens.
BOOST_AUTO_TEST_CASE(of_embeddings) {
    check_all<input<3, 5> | dense<3> | branches(unembedding<embedding<9, 3>> | tanh, dense<9>) | add,
              weighted_sum>();
    check<tied, weighted_sum>(3, -0.3, 17.3);
    for (const std::size_t samples : {1u, 3u, 13u}) {
        check<input<4> | embedding<7, 3> | tanh | dense<2>, weighted_sum>(samples, -0.3, 6.3);
        check<input<2, 2> | embedding<30, 17> | dense<2>, weighted_sum>(samples, -0.3, 29.3);
    }
}

BOOST_AUTO_TEST_CASE(of_gated_units) { check_all<input<3, 4> | swiglu<9> | glu<2, no_bias>, weighted_sum>(); }

BOOST_AUTO_TEST_CASE(of_positions) {
    check_all<input<3, 2> | positions<> | dense<9> | positions<> | tanh, weighted_sum>();
    check_all<input<4, 3> | dense<12> | positions<sinusoidal> | tanh | rotary_positions<2, 7.0> | sigmoid,
              weighted_sum>();
}
