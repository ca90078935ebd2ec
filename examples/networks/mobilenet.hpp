// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

namespace networks {
using namespace strata;

namespace mobilenet {
using namespace strata::symbols;

inline constexpr auto relu6 =
    named_activation<"relu6", min(max(x, 0), 6), select(y > 0, select(y < 6, 1, 0), 0)>;
inline constexpr auto norm = batch_norm<epsilon<1e-5>, momentum<0.9>>;

/// Many channels only for the depthwise convolution, few between blocks (an "inverted" residual).
template <std::size_t Channels, std::size_t Expanded, std::size_t Filters, std::size_t Stride>
constexpr auto block() {
    constexpr auto filter = depthwise_conv<3, stride<Stride>, padding<1>, no_bias, he_normal> | norm | relu6 |
                            conv<Filters, 1, no_bias, he_normal> | norm;
    if constexpr (Channels == Expanded)
        return filter;
    else
        return conv<Expanded, 1, no_bias, he_normal> | norm | relu6 | filter;
}

/// So many blocks, the first of which changes the shape.
template <std::size_t Blocks, std::size_t Channels, std::size_t Filters, std::size_t Stride>
constexpr auto blocks() {
    return block<Channels, 6 * Channels, Filters, Stride>() |
           repeat<Blocks - 1>(residual(block<Filters, 6 * Filters, Filters, 1>()));
}

/// All but the classifier: 224 x 224 x 3 -> 1280.
inline constexpr auto features = conv<32, 3, stride<2>, padding<1>, no_bias, he_normal> | norm | relu6 |
                                 block<32, 32, 16, 1>() | blocks<2, 16, 24, 2>() | blocks<3, 24, 32, 2>() |
                                 blocks<4, 32, 64, 2>() | blocks<3, 64, 96, 1>() | blocks<3, 96, 160, 2>() |
                                 blocks<1, 160, 320, 1>() | conv<1280, 1, no_bias, he_normal> | norm | relu6 |
                                 global_average_pool;
} // namespace mobilenet

/// MobileNet v2 (Sandler et al. 2018) for ImageNet: 224 x 224 x 3 -> 1000 logits.
inline constexpr auto mobilenet_v2 =
    input<224, 224, 3> | mobilenet::features | dropout<0.2> | dense<1000, normal<0.01>>;

static_assert(parameter_count(mobilenet_v2) == 3'504'872); // torchvision's
static_assert(decltype(mobilenet_v2)::output_shape{} == shape<1000>{});

} // namespace networks
