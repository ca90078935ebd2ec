// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "agreement.hpp"

using namespace strata::bedrock;
using agreement::agree;
using strata::tanh;

BOOST_AUTO_TEST_CASE(of_a_batch) {
    agree({
        AGREES(input<4, 3, 1> | batch_norm<>),
        AGREES(input<5, 5, 3> | batch_norm<epsilon<1e-5>, momentum<0.9>>),
        AGREES(input<5, 5, 8> | batch_norm<no_scale>),
        AGREES(input<5, 5, 9> | batch_norm<no_center, momentum<0.5>>),
        AGREES(input<5, 5, 15> | batch_norm<no_scale, no_center>),
        AGREES(input<7, 20> | batch_norm<>),
        AGREES(input<3, 2, 4, 17> | batch_norm<>),
        AGREES(input<5, 5, 3> | batch_norm<> | relu),
        AGREES(input<5, 5, 3> | tanh | batch_norm<> | sigmoid),
    });
}

BOOST_AUTO_TEST_CASE(of_a_batch_behind_products) {
    agree({
        AGREES(input<5, 5, 3> | conv<8, 3, no_bias> | batch_norm<>),
        AGREES(input<5, 5, 3> | conv<20, 3, same> | batch_norm<> | relu),
        AGREES(input<5, 5, 3> | conv<7, 3> | tanh | batch_norm<> | elu<>),
        AGREES(input<4, 6> | dense<17> | batch_norm<> | sigmoid | dense<3>),
        AGREES(input<5, 5, 8> | depthwise_conv<3> | batch_norm<> | relu),
        AGREES(input<5, 5, 8> | conv<4, 1> | batch_norm<> | batch_norm<no_scale> | tanh),
        AGREES(input<4, 4, 3> | conv<5, 3> | relu | reshape<2, 10> | batch_norm<> | dense<3>),
    });
}

BOOST_AUTO_TEST_CASE(of_rows) {
    agree({
        AGREES(input<7> | layer_norm<>),
        AGREES(input<5, 8> | layer_norm<epsilon<1e-5>>),
        AGREES(input<3, 3, 3> | layer_norm<no_scale>),
        AGREES(input<3, 3, 20> | layer_norm<no_center>),
        AGREES(input<3, 4, 5> | layer_norm<last_axes<2>> | layer_norm<last_axes<3>, no_scale>),
        AGREES(input<4, 17> | layer_norm<no_scale, no_center>),
        AGREES(input<6, 35> | rms_norm<>),
        AGREES(input<5> | rms_norm<epsilon<1e-3>, no_scale>),
        AGREES(input<4, 9> | dense<16> | tanh | layer_norm<> | sigmoid | dense<3>),
    });
}

BOOST_AUTO_TEST_CASE(of_groups) {
    agree({
        AGREES(input<5, 5, 3> | group_norm<1>),
        AGREES(input<5, 5, 8> | group_norm<2>),
        AGREES(input<5, 5, 20> | group_norm<4, epsilon<1e-5>>),
        AGREES(input<5, 5, 15> | group_norm<3, no_scale>),
        AGREES(input<9, 16> | instance_norm<no_center>),
        AGREES(input<3, 3, 3, 9> | group_norm<3>),
        AGREES(input<5, 5, 3> | conv<8, 3> | group_norm<4> | relu | conv<3, 3>),
    });
}

BOOST_AUTO_TEST_CASE(of_known_statistics) {
    agree({
        AGREES(input<19> | normalization<> | rescaling<0.5, -0.25> | dense<3>),
        AGREES(input<5, 15, 3> | dense<7> | rescaling<3.0> | normalization<> | relu | dense<2>),
        AGREES(input<5, 7> | normalization<shared::all> | tanh | normalization<shared::none>),
    });
}

BOOST_AUTO_TEST_CASE(of_lines) {
    agree({
        AGREES(input<3, 4, 20> | log_softmax<2> | sigmoid),
        AGREES(input<5, 9> | log_softmax<0>),
        AGREES(input<3, 4, 17> | axis_softmax<0> | tanh),
        AGREES(input<5, 5, 3> | dense<7> | axis_softmax<-1> | dense<2>),
    });
}
