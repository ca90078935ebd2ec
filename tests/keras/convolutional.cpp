// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "cases.hpp"

using namespace keras_cases;

BOOST_AUTO_TEST_CASE(one_axis) {
    run("layers/convolutional/Conv1D.json",
        {{"convolutional.Conv1D.0", check<model<input<5, 2> | conv<4, 3>>>},
         {"convolutional.Conv1D.1", check<model<input<6, 3> | conv<4, 3, no_bias>>>},
         {"convolutional.Conv1D.2", check<model<input<4, 6> | conv<2, 3, stride<2>, same> | sigmoid>>},
         {"convolutional.Conv1D.3", check<model<input<8, 3> | conv<2, 7, same> | tanh>>},
         {"convolutional.Conv1D.4", check<model<input<8, 3> | conv<2, 7, same, dilation<2>> | tanh>>}});
}

BOOST_AUTO_TEST_CASE(two_axes) {
    run("layers/convolutional/Conv2D.json",
        {{"convolutional.Conv2D.0", check<model<input<5, 5, 2> | conv<4, 3>>>},
         {"convolutional.Conv2D.1", check<model<input<5, 5, 2> | conv<4, 3, no_bias>>>},
         {"convolutional.Conv2D.2", check<model<input<5, 5, 2> | conv<4, 3, stride<2>> | relu>>},
         {"convolutional.Conv2D.3", check<model<input<7, 7, 3> | conv<5, 4, stride<spatial{2, 1}>> | relu>>},
         {"convolutional.Conv2D.4", check<model<input<5, 5, 2> | conv<4, 3, same> | relu>>},
         {"convolutional.Conv2D.5", check<model<input<4, 4, 2> | conv<4, 3, stride<2>, same> | relu>>},
         {"convolutional.Conv2D.6",
          check<model<input<6, 3, 1> | conv<4, 3, stride<spatial{3, 2}>, same> | relu>>},
         {"convolutional.Conv2D.7", check<model<input<5, 5, 2> | conv<4, 3, dilation<2>>>>},
         {"convolutional.Conv2D.8", check<model<input<5, 5, 2> | conv<4, 3, dilation<2>, no_bias>>>},
         {"convolutional.Conv2D.9", check<model<input<7, 7, 2> | conv<4, 3, dilation<3>> | relu>>},
         {"convolutional.Conv2D.10", check<model<input<4, 8, 3> | conv<3, 4, same, dilation<2>> | relu>>},
         {"convolutional.Conv2D.11", check<model<input<8, 8, 2> | conv<4, 3, same, dilation<4>> | relu>>}});
}

BOOST_AUTO_TEST_CASE(three_axes) {
    run("layers/convolutional/Conv3D.json",
        {{"convolutional.Conv3D.0", check<model<input<5, 5, 5, 2> | conv<4, 3>>>},
         {"convolutional.Conv3D.1", check<model<input<4, 4, 4, 2> | conv<2, 3, no_bias> | sigmoid>>},
         {"convolutional.Conv3D.2", check<model<input<4, 4, 3, 2> | conv<2, 3, same> | relu>>},
         {"convolutional.Conv3D.3",
          check<model<input<4, 4, 3, 2> | conv<2, spatial{3, 3, 2}, stride<spatial{2, 1, 1}>, same> | relu>>},
         {"convolutional.Conv3D.4",
          check<model<input<6, 6, 4, 2> | conv<2, 3, stride<spatial{3, 3, 2}>, same> | relu>>},
         {"convolutional.Conv3D.5",
          check<model<input<6, 4, 4, 2> | conv<2, 3, dilation<spatial{2, 1, 1}>> | relu>>},
         {"convolutional.Conv3D.6",
          check<model<input<4, 4, 3, 2> | conv<2, 3, same, dilation<spatial{1, 2, 1}>> | relu>>}});
}

BOOST_AUTO_TEST_CASE(transposed) {
    run("layers/convolutional/Conv2DTranspose.json",
        {{"convolutional.Conv2DTranspose.0", check<model<input<4, 4, 2> | conv_transpose<4, 3, no_bias>>>},
         {"convolutional.Conv2DTranspose.1", check<model<input<4, 4, 2> | conv_transpose<4, 3>>>},
         {"convolutional.Conv2DTranspose.2",
          check<model<input<4, 4, 2> | conv_transpose<4, 3, stride<2>> | relu>>},
         {"convolutional.Conv2DTranspose.3",
          check<model<input<4, 4, 2> | conv_transpose<4, 3, same> | relu>>},
         {"convolutional.Conv2DTranspose.4",
          check<model<input<4, 4, 2> | conv_transpose<5, 3, stride<2>, same> | relu>>},
         {"convolutional.Conv2DTranspose.5",
          check<model<input<4, 4, 2> | conv_transpose<3, spatial{2, 3}, same> | relu>>}});
}

BOOST_AUTO_TEST_CASE(separable) {
    run("layers/convolutional/SeparableConv2D.json",
        {{"convolutional.SeparableConv2D.0", check<model<input<5, 5, 2> | separable_conv<4, 3>>>},
         {"convolutional.SeparableConv2D.1",
          check<model<input<5, 5, 2> | separable_conv<4, 3, depth_multiplier<2>> | relu>>},
         {"convolutional.SeparableConv2D.2",
          check<model<input<5, 5, 4> | separable_conv<16, 3, depth_multiplier<3>> | relu>>},
         {"convolutional.SeparableConv2D.3",
          check<model<input<5, 5, 2> | separable_conv<4, 3, stride<2>> | relu>>},
         {"convolutional.SeparableConv2D.4",
          check<model<input<5, 5, 2> | separable_conv<4, 3, same> | relu>>},
         {"convolutional.SeparableConv2D.5",
          check<model<input<5, 5, 2> | separable_conv<4, 3, same, depth_multiplier<2>, no_bias> | relu>>},
         {"convolutional.SeparableConv2D.6",
          check<model<input<5, 5, 2> | separable_conv<4, 3, stride<2>, same, depth_multiplier<2>> | relu>>}});
}
