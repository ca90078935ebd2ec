// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// All losses that come with the library.

#include <strata/language.hpp>
STRATA_HEADER_BEGIN

#include <strata/learning/batch_losses.hpp>
#include <strata/learning/class_losses.hpp>
#include <strata/learning/error_losses.hpp>
#include <strata/learning/sequence_loss.hpp>

STRATA_HEADER_END
