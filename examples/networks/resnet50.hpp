// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "resnet.hpp"

namespace networks {

namespace resnet {
template <std::size_t Filters, std::size_t Stride>
constexpr auto bottleneck() {
    return conv<Filters, 1, no_bias, he_normal> | norm | relu |
           conv<Filters, 3, stride<Stride>, padding<1>, no_bias, he_normal> | norm | relu |
           conv<4 * Filters, 1, no_bias, he_normal> | norm;
}

/// So many blocks, the first of which changes the shape.
template <std::size_t Blocks, std::size_t Filters, std::size_t Stride>
constexpr auto blocks() {
    return residual(bottleneck<Filters, Stride>(), projection<4 * Filters, Stride>()) | relu |
           repeat<Blocks - 1>(residual(bottleneck<Filters, 1>()) | relu);
}
} // namespace resnet

/// ResNet-50 for ImageNet: 224 x 224 x 3 -> 1000 logits.
inline constexpr auto resnet50 = input<224, 224, 3> | resnet::stem | resnet::blocks<3, 64, 1>() |
                                 resnet::blocks<4, 128, 2>() | resnet::blocks<6, 256, 2>() |
                                 resnet::blocks<3, 512, 2>() | global_average_pool | dense<1000>;

static_assert(parameter_count(resnet50) == 25'557'032); // torchvision's
static_assert(decltype(resnet50)::output_shape{} == shape<1000>{});

} // namespace networks
