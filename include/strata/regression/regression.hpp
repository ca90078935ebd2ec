// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/language.hpp>
STRATA_HEADER_BEGIN

#include <strata/regression/elastic_net.hpp>
#include <strata/regression/linear_regression.hpp>
#include <strata/regression/logistic_regression.hpp>
#include <strata/regression/one_layer.hpp>

STRATA_HEADER_END
