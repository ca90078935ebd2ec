// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// The kernels of every head.

#include <strata/kernels/augmentation.hpp>
#include <strata/kernels/convolution_heads.hpp>
#include <strata/kernels/dense_heads.hpp>
#include <strata/kernels/depthwise.hpp>
#include <strata/kernels/dot.hpp>
#include <strata/kernels/gaussian_noise.hpp>
#include <strata/kernels/merging.hpp>
#include <strata/kernels/normalization.hpp>
#include <strata/kernels/pooling.hpp>
#include <strata/kernels/prelu.hpp>
#include <strata/kernels/resampling.hpp>
#include <strata/kernels/sampling.hpp>
#include <strata/kernels/spatial_dropout.hpp>
