// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What most engines include: compiled once for all that tests build, since reading it takes a quarter of an
// engine's time.
#pragma once

#include "exchange.hpp"
#include "weight_bytes.hpp"

#include <strata/io/export/header_text.hpp>
#include <strata/io/export/onnx_message.hpp>
#include <strata/layers/layers.hpp>
#include <strata/learning/norm_optimizers.hpp>
#include <strata/learning/optimizers.hpp>
#include <strata/model/layer_outputs.hpp>
#include <strata/model/model.hpp>
#include <strata/random/philox.hpp>
#include <strata/source/to_string.hpp>
#include <strata/training/trainer.hpp>
