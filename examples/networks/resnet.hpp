// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

// What the residual networks of He, Zhang, Ren and Sun (2015) share, as torchvision builds them ("version
// 1.5": the 3 x 3 convolution of a bottleneck has the stride, not the 1 x 1 before it).

namespace networks {
using namespace strata;

namespace resnet {
inline constexpr auto norm = batch_norm<epsilon<1e-5>, momentum<0.9>>;

/// 224 x 224 x 3 -> 56 x 56 x 64.
inline constexpr auto stem =
    conv<64, 7, stride<2>, padding<3>, no_bias, he_normal> | norm | relu | max_pool<3, stride<2>, padding<1>>;

/// The shortcut's way to another shape.
template <std::size_t Filters, std::size_t Stride>
constexpr auto projection() {
    return conv<Filters, 1, stride<Stride>, no_bias, he_normal> | norm;
}
} // namespace resnet

} // namespace networks
