// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// Every layer.

#include <strata/layers/activations.hpp>
#include <strata/layers/dense.hpp>
#include <strata/layers/dropout.hpp>
#include <strata/layers/flatten.hpp>
#include <strata/layers/reshape.hpp>
#include <strata/layers/softmax.hpp>
#include <strata/topology/topology.hpp>
