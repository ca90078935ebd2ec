// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "gradient_check.hpp"

namespace gradient_check {

/// As a tail, as a tail behind a dropout, and as a stage of its own behind a softmax.
template <auto Activation>
void check_activation() {
    check<input<5> | dense<7> | Activation | dense<3>, weighted_sum>(9);
    check<input<5> | dense<7> | Activation | dropout<0.3> | dense<3>, weighted_sum>(9);
    check<input<5> | dense<7> | dropout<0.3> | Activation, weighted_sum>(9);
    check<input<5> | dense<7> | softmax | Activation | dense<2>, weighted_sum>(9);
    check<input<5> | dense<7> | Activation | softmax, weighted_sum>(9);
    check<input<4> | dense<2> | Activation | dense<1>, weighted_sum>(
        1); // by one sample in plain numbers, too
}

} // namespace gradient_check

#define CHECK_ACTIVATION(name, ...)                                                                          \
    BOOST_AUTO_TEST_CASE(name##_slope) { gradient_check::check_activation<__VA_ARGS__>(); }
