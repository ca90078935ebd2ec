// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "cases.hpp"

using namespace keras_cases;

BOOST_AUTO_TEST_CASE(up_sampling) {
    run("layers/convolutional/UpSampling1D.json",
        {{"convolutional.UpSampling1D.0", check<model<input<3, 5> | upsample<2>>>},
         {"convolutional.UpSampling1D.1", check<model<input<4, 4> | upsample<3>>>}});
    run("layers/convolutional/UpSampling2D.json",
        {{"convolutional.UpSampling2D.0", check<model<input<3, 3, 3> | upsample<2>>>},
         {"convolutional.UpSampling2D.1",
          check<model<input<3, 3, 3> | permute<1, 2, 0> | upsample<2> | permute<2, 0, 1>>>},
         {"convolutional.UpSampling2D.2", check<model<input<4, 2, 2> | upsample<spatial{3, 2}>>>},
         {"convolutional.UpSampling2D.3",
          check<model<input<4, 3, 2> | permute<1, 2, 0> | upsample<spatial{1, 3}> | permute<2, 0, 1>>>},
         {"convolutional.UpSampling2D.4", check<model<input<1, 3, 2> | upsample<2>>>}});
    run("layers/convolutional/UpSampling3D.json",
        {{"convolutional.UpSampling3D.0", check<model<input<2, 2, 2, 3> | upsample<2>>>},
         {"convolutional.UpSampling3D.1",
          check<model<input<2, 2, 2, 3> | permute<1, 2, 3, 0> | upsample<2> | permute<3, 0, 1, 2>>>},
         {"convolutional.UpSampling3D.2", check<model<input<2, 1, 3, 2> | upsample<spatial{1, 3, 2}>>>},
         {"convolutional.UpSampling3D.3", check<model<input<2, 1, 3, 3> | permute<1, 2, 3, 0> |
                                                      upsample<spatial{2, 1, 2}> | permute<3, 0, 1, 2>>>},
         {"convolutional.UpSampling3D.4", check<model<input<2, 1, 3, 2> | upsample<2>>>}});
}

BOOST_AUTO_TEST_CASE(zero_padding) {
    run("layers/convolutional/ZeroPadding1D.json",
        {{"convolutional.ZeroPadding1D.0", check<model<input<3, 5> | zero_pad<1>>>},
         {"convolutional.ZeroPadding1D.1", check<model<input<4, 4> | zero_pad<3>>>},
         {"convolutional.ZeroPadding1D.2", check<model<input<4, 4> | zero_pad<margins{{3}, {2}}>>>}});
    run("layers/convolutional/ZeroPadding2D.json",
        {{"convolutional.ZeroPadding2D.0", check<model<input<3, 5, 2> | zero_pad<1>>>},
         {"convolutional.ZeroPadding2D.1",
          check<model<input<3, 5, 2> | permute<1, 2, 0> | zero_pad<1> | permute<2, 0, 1>>>},
         {"convolutional.ZeroPadding2D.2", check<model<input<2, 6, 4> | zero_pad<spatial{3, 2}>>>},
         {"convolutional.ZeroPadding2D.3",
          check<model<input<2, 6, 4> | permute<1, 2, 0> | zero_pad<spatial{3, 2}> | permute<2, 0, 1>>>},
         {"convolutional.ZeroPadding2D.4", check<model<input<2, 6, 4> | zero_pad<margins{{1, 3}, {2, 4}}>>>},
         {"convolutional.ZeroPadding2D.5", check<model<input<2, 6, 4> | zero_pad<2>>>}});
    run("layers/convolutional/ZeroPadding3D.json",
        {{"convolutional.ZeroPadding3D.0", check<model<input<3, 5, 2, 2> | zero_pad<1>>>},
         {"convolutional.ZeroPadding3D.1",
          check<model<input<3, 5, 2, 2> | permute<1, 2, 3, 0> | zero_pad<1> | permute<3, 0, 1, 2>>>},
         {"convolutional.ZeroPadding3D.2", check<model<input<3, 2, 1, 4> | zero_pad<spatial{3, 2, 2}>>>},
         {"convolutional.ZeroPadding3D.3", check<model<input<3, 2, 1, 4> | permute<1, 2, 3, 0> |
                                                       zero_pad<spatial{3, 2, 2}> | permute<3, 0, 1, 2>>>},
         {"convolutional.ZeroPadding3D.4",
          check<model<input<3, 2, 1, 4> | zero_pad<margins{{1, 3, 3}, {2, 4, 1}}>>>},
         {"convolutional.ZeroPadding3D.5", check<model<input<3, 2, 1, 4> | zero_pad<2>>>}});
}

BOOST_AUTO_TEST_CASE(cropping) {
    run("layers/convolutional/Cropping1D.json",
        {{"convolutional.Cropping1D.0", check<model<input<6, 4> | crop<1>>>},
         {"convolutional.Cropping1D.1", check<model<input<6, 4> | crop<margins{{2}, {3}}>>>},
         {"convolutional.Cropping1D.2", check<model<input<6, 4> | crop<2>>>}});
    run("layers/convolutional/Cropping2D.json",
        {{"convolutional.Cropping2D.0", check<model<input<3, 5, 4> | crop<1>>>},
         {"convolutional.Cropping2D.1",
          check<model<input<3, 5, 4> | permute<1, 2, 0> | crop<1> | permute<2, 0, 1>>>},
         {"convolutional.Cropping2D.2", check<model<input<8, 7, 6> | crop<margins{{4, 3}, {2, 1}}>>>},
         {"convolutional.Cropping2D.3",
          check<model<input<8, 7, 6> | permute<1, 2, 0> | crop<margins{{4, 3}, {2, 1}}> | permute<2, 0, 1>>>},
         {"convolutional.Cropping2D.4", check<model<input<8, 7, 6> | crop<spatial{2, 3}>>>},
         {"convolutional.Cropping2D.5", check<model<input<8, 7, 6> | crop<1>>>}});
    run("layers/convolutional/Cropping3D.json",
        {{"convolutional.Cropping3D.0", check<model<input<3, 5, 3, 3> | crop<1>>>},
         {"convolutional.Cropping3D.1",
          check<model<input<3, 5, 3, 3> | permute<1, 2, 3, 0> | crop<1> | permute<3, 0, 1, 2>>>},
         {"convolutional.Cropping3D.2",
          check<model<input<7, 6, 6, 6> | crop<margins{{3, 2, 2}, {2, 1, 3}}>>>},
         {"convolutional.Cropping3D.3",
          check<model<input<7, 6, 6, 6> | permute<1, 2, 3, 0> | crop<margins{{3, 2, 2}, {2, 1, 3}}> |
                      permute<3, 0, 1, 2>>>},
         {"convolutional.Cropping3D.4", check<model<input<7, 6, 8, 3> | crop<spatial{1, 2, 3}>>>},
         {"convolutional.Cropping3D.5", check<model<input<7, 6, 8, 3> | crop<2>>>}});
}

BOOST_AUTO_TEST_CASE(permutations) {
    run("layers/core/Permute.json",
        {{"core.Permute.0", check<model<input<3, 2> | permute<1, 0>>>},
         {"core.Permute.1", check<model<input<2, 3, 4> | permute<2, 1, 0>>>},
         {"core.Permute.2", check<model<input<1, 6, 4> | permute<1, 0, 2>>>},
         {"core.Permute.3", check<model<input<1, 3, 4, 2> | permute<2, 0, 1, 3>>>}});
}

BOOST_AUTO_TEST_CASE(repetition) {
    run("layers/core/RepeatVector.json",
        {{"core.RepeatVector.0", check<model<input<6> | reshape<1, 6> | upsample<7>>>}});
}
