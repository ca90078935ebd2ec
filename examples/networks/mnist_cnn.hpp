// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

namespace networks {
using namespace strata;

/// The convolutional network of Keras's examples (mnist_cnn) that Keras.js shows.
inline constexpr auto mnist_cnn = input<28, 28> | reshape<28, 28, 1> | conv<32, 3> | relu | conv<32, 3> |
                                  relu | max_pool<2> | dropout<0.25> | flatten | dense<128> | relu |
                                  dropout<0.5> | dense<10> | softmax;

static_assert(parameter_count(mnist_cnn) == 600'810); // Keras's
static_assert(decltype(mnist_cnn)::output_shape{} == shape<10>{});

} // namespace networks
