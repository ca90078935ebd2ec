// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

namespace networks {
using namespace strata;

/// LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998) as it is built today: every filter of the second
/// convolution sees all six channels, pooling has no weights, and a softmax replaces the radial basis
/// functions. The padding makes the paper's 32 x 32 pixels of MNIST's 28 x 28.
inline constexpr auto lenet5 = input<28, 28> | reshape<28, 28, 1> | conv<6, 5, padding<2>> | tanh |
                               average_pool<2> | conv<16, 5> | tanh | average_pool<2> | flatten | dense<120> |
                               tanh | dense<84> | tanh | dense<10> | softmax;

// 156 + 2,416 + 48,120 + 10,164 + 850; the paper's sparse second convolution and subsampling make 60,000.
static_assert(parameter_count(lenet5) == 61'706);
static_assert(decltype(lenet5)::output_shape{} == shape<10>{});

} // namespace networks
