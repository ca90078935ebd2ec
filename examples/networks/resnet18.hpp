// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "resnet.hpp"

namespace networks {

namespace resnet {
template <std::size_t Filters, std::size_t Stride>
constexpr auto basic() {
    return conv<Filters, 3, stride<Stride>, padding<1>, no_bias, he_normal> | norm | relu |
           conv<Filters, 3, padding<1>, no_bias, he_normal> | norm;
}

/// Two blocks, the first of which halves height and width.
template <std::size_t Filters>
constexpr auto smaller() {
    return residual(basic<Filters, 2>(), projection<Filters, 2>()) | relu | residual(basic<Filters, 1>()) |
           relu;
}
} // namespace resnet

/// ResNet-18 for ImageNet: 224 x 224 x 3 -> 1000 logits.
inline constexpr auto resnet18 = input<224, 224, 3> | resnet::stem |
                                 repeat<2>(residual(resnet::basic<64, 1>()) | relu) | resnet::smaller<128>() |
                                 resnet::smaller<256>() | resnet::smaller<512>() | global_average_pool |
                                 dense<1000>;

static_assert(parameter_count(resnet18) == 11'689'512); // torchvision's
static_assert(decltype(resnet18)::output_shape{} == shape<1000>{});

} // namespace networks
