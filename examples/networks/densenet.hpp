// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

namespace networks {
using namespace strata;

namespace densenet {
inline constexpr auto norm_relu = batch_norm<epsilon<1e-5>, momentum<0.9>> | relu;

/// Adds 32 channels to those that it sees.
inline constexpr auto layer = branches(identity, norm_relu | conv<128, 1, no_bias, he_normal> | norm_relu |
                                                     conv<32, 3, padding<1>, no_bias, he_normal>) |
                              concat<>;

/// Half the channels, height and width.
template <std::size_t Channels>
constexpr auto transition() {
    return norm_relu | conv<Channels, 1, no_bias, he_normal> | average_pool<2>;
}
} // namespace densenet

/// DenseNet-121 (Huang, Liu, van der Maaten and Weinberger 2017) for ImageNet: 224 x 224 x 3 -> 1000 logits.
inline constexpr auto densenet121 =
    input<224, 224, 3> | conv<64, 7, stride<2>, padding<3>, no_bias, he_normal> | densenet::norm_relu |
    max_pool<3, stride<2>, padding<1>> | repeat<6>(densenet::layer) | densenet::transition<128>() |
    repeat<12>(densenet::layer) | densenet::transition<256>() | repeat<24>(densenet::layer) |
    densenet::transition<512>() | repeat<16>(densenet::layer) | densenet::norm_relu | global_average_pool |
    dense<1000>;

static_assert(parameter_count(densenet121) == 7'978'856); // torchvision's
static_assert(decltype(densenet121)::output_shape{} == shape<1000>{});

} // namespace networks
