// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

namespace networks {
using namespace strata;

namespace squeezenet {
/// Few channels for the expensive convolution, then many again.
template <std::size_t Squeezed, std::size_t Expanded>
constexpr auto fire() {
    return conv<Squeezed, 1, he_uniform> | relu |
           branches(conv<Expanded, 1, he_uniform> | relu, conv<Expanded, 3, padding<1>, he_uniform> | relu) |
           concat<>;
}
inline constexpr auto pool = max_pool<3, stride<2>>;
} // namespace squeezenet

/// SqueezeNet 1.1 (Iandola et al. 2016, as torchvision builds it) for ImageNet: 224 x 224 x 3 -> 1000 logits.
inline constexpr auto squeezenet_1_1 =
    input<224, 224, 3> | conv<64, 3, stride<2>, he_uniform> | relu | squeezenet::pool |
    repeat<2>(squeezenet::fire<16, 64>()) | squeezenet::pool | repeat<2>(squeezenet::fire<32, 128>()) |
    squeezenet::pool | repeat<2>(squeezenet::fire<48, 192>()) | repeat<2>(squeezenet::fire<64, 256>()) |
    dropout<0.5> | conv<1000, 1, normal<0.01>> | relu | global_average_pool;

static_assert(parameter_count(squeezenet_1_1) == 1'235'496); // torchvision's
static_assert(decltype(squeezenet_1_1)::output_shape{} == shape<1000>{});

} // namespace networks
