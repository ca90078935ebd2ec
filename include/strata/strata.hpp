// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// What most programs need of strata: networks, training, streams, CSV and IDX files, progress. README lists
// the headers of all else. A program that needs less includes less: `strata/topology/topology.hpp` names
// networks, `strata/model/model.hpp` predicts, `strata/training/trainer.hpp` learns.

#include <strata/language.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/csv.hpp>
#include <strata/data/datasets.hpp>
#include <strata/data/idx.hpp>
#include <strata/data/one_hot.hpp>
#include <strata/data/scaling.hpp>
#include <strata/data/split.hpp>
#include <strata/io/backup.hpp>
#include <strata/io/checkpoint.hpp>
#include <strata/io/csv_log.hpp>
#include <strata/io/terminal.hpp>
#include <strata/layers/layers.hpp>
#include <strata/learning/accumulation.hpp>
#include <strata/learning/clipping.hpp>
#include <strata/learning/metrics.hpp>
#include <strata/learning/norm_optimizers.hpp>
#include <strata/learning/optimizers.hpp>
#include <strata/learning/weight_averages.hpp>
#include <strata/model/arrays.hpp>
#include <strata/model/model.hpp>
#include <strata/model/stream.hpp>
#include <strata/training/class_counts.hpp>
#include <strata/training/confusion_matrix.hpp>
#include <strata/training/trainer.hpp>

STRATA_HEADER_END
