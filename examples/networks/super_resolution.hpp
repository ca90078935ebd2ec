// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

namespace networks {
using namespace strata;

namespace super_resolution_parts {
/// The channels of a pixel become Factor x Factor pixels (PyTorch's PixelShuffle for one channel).
template <std::size_t Height, std::size_t Width, std::size_t Factor>
constexpr auto depth_to_space() {
    return reshape<Height, Width, Factor, Factor> | permute<0, 2, 1, 3> |
           reshape<Height * Factor, Width * Factor, 1>;
}
} // namespace super_resolution_parts

/// A grey image three times as high and wide by sub-pixel convolution (Shi et al. 2016; the ONNX model zoo's
/// super-resolution-10): 224 x 224 x 1 -> 672 x 672 x 1.
inline constexpr auto super_resolution = input<224, 224, 1> | conv<64, 5, padding<2>, he_normal> | relu |
                                         conv<64, 3, padding<1>, he_normal> | relu |
                                         conv<32, 3, padding<1>, he_normal> | relu | conv<9, 3, padding<1>> |
                                         super_resolution_parts::depth_to_space<224, 224, 3>();

static_assert(parameter_count(super_resolution) == 59'657); // the zoo's
static_assert(decltype(super_resolution)::output_shape{} == shape<672, 672, 1>{});

} // namespace networks
