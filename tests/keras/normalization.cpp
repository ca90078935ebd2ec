// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "cases.hpp"

using namespace keras_cases;

BOOST_AUTO_TEST_CASE(batch_normalization) {
    run("layers/normalization/BatchNormalization.json",
        {{"normalization.BatchNormalization.0", check<model<input<4, 3> | batch_norm<epsilon<1e-5>>>>},
         {"normalization.BatchNormalization.1", check<model<input<4, 3> | batch_norm<epsilon<0.01>>>>},
         {"normalization.BatchNormalization.2",
          check<model<input<4, 3, 2> | permute<1, 2, 0> | batch_norm<epsilon<1e-5>> | permute<2, 0, 1>>>},
         {"normalization.BatchNormalization.3",
          check<model<input<4, 3, 2> | permute<0, 2, 1> | batch_norm<epsilon<1e-5>> | permute<0, 2, 1>>>},
         {"normalization.BatchNormalization.4",
          check<model<input<4, 3, 2> | batch_norm<epsilon<1e-5>, no_scale>>>},
         {"normalization.BatchNormalization.5",
          check<model<input<4, 3, 2> | batch_norm<epsilon<1e-5>, no_center>>>},
         {"normalization.BatchNormalization.6",
          check<model<input<4, 3, 2> | batch_norm<no_scale, no_center>>>}});
}

BOOST_AUTO_TEST_CASE(noise_which_prediction_does_without) {
    run("layers/core/Dropout.json", {{"core.Dropout.0", check<model<input<6> | dense<2> | dropout<0.5>>>}});
    run("layers/noise/GaussianDropout.json",
        {{"noise.GaussianDropout.0", check<model<input<6> | dense<2> | gaussian_dropout<0.5>>>}});
    run("layers/noise/GaussianNoise.json",
        {{"noise.GaussianNoise.0", check<model<input<6> | dense<2> | gaussian_noise<0.5>>>}});
}
