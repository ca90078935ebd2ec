// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What README's fragments use and leave to the reader to declare.
#pragma once

#include <strata/strata.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace assumed {
extern strata::model<strata::input<8> | strata::dense<16> | strata::relu | strata::dense<10>> net;
extern const std::vector<float> images, is_even, block_in;
extern std::vector<float> block_out;
extern const std::vector<int> digits;
extern const std::vector<double> heights, masses, others, x, y;
std::vector<float> read_images(std::size_t step);
std::vector<int> read_labels(std::size_t step);
extern const xt::xtensor<double, 2> measurements;
extern const xt::xtensor<double, 1> distances;
} // namespace assumed
