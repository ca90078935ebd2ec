// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <filesystem>
#include <vector>

using line = strata::model<strata::input<1> | strata::dense<1>>;

/// What a second file predicts with a network that the first one trained.
float predict_in_other(const line& net, float x);
/// What comes back from a data file.
std::vector<float> write_and_read(const std::filesystem::path& file, const std::vector<float>& numbers);
