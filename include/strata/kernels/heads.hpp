// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// The kernels of every head.

#include <strata/kernels/dense/heads.hpp>
#include <strata/kernels/layers/augmentation.hpp>
#include <strata/kernels/layers/batch_normalization.hpp>
#include <strata/kernels/layers/dot.hpp>
#include <strata/kernels/layers/feature_normalization.hpp>
#include <strata/kernels/layers/gaussian_noise.hpp>
#include <strata/kernels/layers/ghost_normalization.hpp>
#include <strata/kernels/layers/group_normalization.hpp>
#include <strata/kernels/layers/line_reduction.hpp>
#include <strata/kernels/layers/line_softmax.hpp>
#include <strata/kernels/layers/merging.hpp>
#include <strata/kernels/layers/prelu.hpp>
#include <strata/kernels/layers/resampling.hpp>
#include <strata/kernels/layers/row_normalization.hpp>
#include <strata/kernels/layers/sampling.hpp>
#include <strata/kernels/layers/slicing.hpp>
#include <strata/kernels/layers/spatial_dropout.hpp>
#include <strata/kernels/sequence/attention.hpp>
#include <strata/kernels/sequence/distributed.hpp>
#include <strata/kernels/sequence/embedding.hpp>
#include <strata/kernels/sequence/masks.hpp>
#include <strata/kernels/sequence/positions.hpp>
#include <strata/kernels/sequence/recurrence.hpp>
#include <strata/kernels/sequence/unembedding.hpp>
#include <strata/kernels/windows/convolution_heads.hpp>
#include <strata/kernels/windows/depthwise.hpp>
#include <strata/kernels/windows/pooling.hpp>
