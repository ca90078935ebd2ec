// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// Networks of any layers.

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/kernels/heads.hpp>
#include <strata/model/basic_model.hpp>

STRATA_HEADER_END
