// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "gradient_check.hpp"

using namespace gradient_check;
using strata::tanh;

BOOST_AUTO_TEST_CASE(of_a_batch) {
    check_all<input<3, 3, 2> | batch_norm<>, weighted_sum>();
    check_all<input<4, 3, 2> | conv<9, 2, no_bias> | batch_norm<epsilon<1e-5>> | tanh | conv<2, 2>,
              weighted_sum>();
    check_all<input<4, 3, 2> | conv<3, 2> | tanh | batch_norm<no_scale> | sigmoid, weighted_sum>();
    check_all<input<4, 3, 2> | depthwise_conv<2> | batch_norm<no_center> | tanh | dense<2>, weighted_sum>();
    check_all<input<5, 2> | dense<4> | batch_norm<> | tanh | dense<3> | batch_norm<no_scale, no_center>,
              weighted_sum>();
}

// Pieces of the batch by themselves, of which the last has fewer samples.
BOOST_AUTO_TEST_CASE(of_ghost_batches) {
    constexpr auto images = input<3, 2, 2> | conv<9, 2> | batch_norm<ghost_batches> | strata::tanh |
                            dense<2> | batch_norm<ghost_batches, no_scale>;
    for (const std::size_t piece : {1U, 3U, 8U})
        check<images, weighted_sum>(8, -1, 1, piece);
    check<input<5> | batch_norm<ghost_batches, no_center> | dense<3>, weighted_sum>(7, -1, 1, 4);
}

// Frozen, it is a scale and a shift for each channel, which do not depend on the batch.
BOOST_AUTO_TEST_CASE(of_moving_averages) {
    constexpr auto frozen_norm = frozen_weights(batch_norm<no_scale, no_center>);
    check_all<input<3, 2, 2> | conv<9, 2> | tanh | dropout<0.3> | frozen_norm | sigmoid | dense<2>,
              weighted_sum>();
    check_all<input<5> | dense<4> | residual(frozen_norm | tanh | dense<4>) |
                  branches(frozen_norm, dense<2>) | concat<>,
              weighted_sum>();
}

BOOST_AUTO_TEST_CASE(of_rows) {
    check_all<input<6> | dense<9> | layer_norm<> | tanh | dense<2>, weighted_sum>();
    check_all<input<3, 4> | dense<21> | rms_norm<> | dense<2>, weighted_sum>();
    check_all<input<3, 4> | layer_norm<no_scale> | dense<5> | tanh | layer_norm<no_center>, weighted_sum>();
}

BOOST_AUTO_TEST_CASE(of_groups) {
    check_all<input<3, 3, 4> | group_norm<2>, weighted_sum>();
    check_all<input<4, 3, 2> | conv<9, 2> | group_norm<3> | tanh | conv<2, 2>, weighted_sum>();
    check_all<input<4, 3, 2> | conv<8, 2> | tanh | group_norm<1, no_scale> | dense<2>, weighted_sum>();
}
