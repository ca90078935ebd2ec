// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

/// The textbook's network, which several questions are about.
inline constexpr auto mnist_topology = strata::input<28, 28> | strata::flatten | strata::dense<512> |
                                       strata::relu | strata::dropout<0.2> | strata::dense<10> |
                                       strata::softmax;
using mnist_network = strata::model<mnist_topology>;
