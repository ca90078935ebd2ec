// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// Every layer.

#include <strata/language.hpp>
STRATA_HEADER_BEGIN

#include <strata/layers/activations.hpp>
#include <strata/layers/attention.hpp>
#include <strata/layers/augmentation.hpp>
#include <strata/layers/axis_slice.hpp>
#include <strata/layers/axis_softmax.hpp>
#include <strata/layers/concat.hpp>
#include <strata/layers/conv_transpose.hpp>
#include <strata/layers/convolution.hpp>
#include <strata/layers/dense.hpp>
#include <strata/layers/depthwise.hpp>
#include <strata/layers/dot.hpp>
#include <strata/layers/dot_attention.hpp>
#include <strata/layers/dropout.hpp>
#include <strata/layers/embedding.hpp>
#include <strata/layers/feature_normalization.hpp>
#include <strata/layers/flatten.hpp>
#include <strata/layers/gated_dense.hpp>
#include <strata/layers/gaussian_noise.hpp>
#include <strata/layers/gru.hpp>
#include <strata/layers/lstm.hpp>
#include <strata/layers/masking.hpp>
#include <strata/layers/merge.hpp>
#include <strata/layers/normalization.hpp>
#include <strata/layers/permute.hpp>
#include <strata/layers/pooling.hpp>
#include <strata/layers/positions.hpp>
#include <strata/layers/prelu.hpp>
#include <strata/layers/reduction.hpp>
#include <strata/layers/repeat_vector.hpp>
#include <strata/layers/resample.hpp>
#include <strata/layers/rescaling.hpp>
#include <strata/layers/reshape.hpp>
#include <strata/layers/resize.hpp>
#include <strata/layers/rotary.hpp>
#include <strata/layers/row_normalization.hpp>
#include <strata/layers/sampling.hpp>
#include <strata/layers/simple_rnn.hpp>
#include <strata/layers/softmax.hpp>
#include <strata/layers/spatial_dropout.hpp>
#include <strata/layers/unembedding.hpp>
#include <strata/topology/bidirectional.hpp>
#include <strata/topology/branch.hpp>
#include <strata/topology/frozen.hpp>
#include <strata/topology/masks.hpp>
#include <strata/topology/named.hpp>
#include <strata/topology/shared_weights.hpp>
#include <strata/topology/time_distributed.hpp>
#include <strata/topology/topology.hpp>

STRATA_HEADER_END
