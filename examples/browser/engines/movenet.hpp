// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <cstddef>

/// The network of MoveNet (Lightning, one person), whose heads say for each of 48 x 48 places: whether a
/// person's centre is there (1 number), whether each of 17 points is (17), where a person centred there has
/// its points (y, x each), and where in the place a point is (y, x each). It takes pictures of 192 x 192 of
/// numbers 0 to 255. Its weights are those of `movenet-lightning` in npm's @vladmandic/human (MIT), which
/// examples/browser/trunks.mjs turns into movenet.safetensors.
///
/// The type is what a command made of that file; what follows the heads there is `pose_points`.
///
///     examples/run.sh import_model movenet-lightning.json --name movenet --output
///         StatefulPartitionedCall/center_0/conv2d_4/BiasAdd,StatefulPartitionedCall/kpt_heatmap_0/conv2d_5/BiasAdd,
///         StatefulPartitionedCall/kpt_regress_0/conv2d_6/BiasAdd,StatefulPartitionedCall/kpt_offset_0/conv2d_7/BiasAdd
namespace movenet {
using namespace strata;

template <std::size_t Filters, std::size_t Filters_2>
constexpr auto unit = residual(conv<Filters, 1> | relu6 | depthwise_conv<3, same> | relu6 |
                               conv<Filters_2, 1>);
constexpr auto block = depthwise_conv<3, same, no_bias> | conv<96, 1> | relu | conv<34, 1>;
constexpr auto topology =
    input<192, 192, 3> | rescaling<0.007843018, -1.0> | conv<32, 3, stride<2>, same> | relu6 |
    depthwise_conv<3, same> | relu6 | conv<16, 1> | conv<96, 1> | relu6 | depthwise_conv<3, stride<2>, same> |
    relu6 | conv<24, 1> | unit<144, 24> |
    residual(conv<144, 1> | relu6 | depthwise_conv<3, stride<2>, same> | relu6 | conv<32, 1> |
                 repeat<2>(unit<192, 32>) |
                 residual(conv<192, 1> | relu6 | depthwise_conv<3, stride<2>, same> | relu6 | conv<64, 1> |
                              repeat<3>(unit<384, 64>) |
                              residual(conv<384, 1> | relu6 | depthwise_conv<3, same> | relu6 | conv<96, 1> |
                                           repeat<2>(unit<576, 96>) | conv<576, 1> | relu6 |
                                           depthwise_conv<3, stride<2>, same> | relu6 | conv<160, 1> |
                                           repeat<2>(unit<960, 160>) | conv<960, 1> | relu6 |
                                           depthwise_conv<3, same> | relu6 | conv<320, 1> | conv<1280, 1> |
                                           relu6 | conv<64, 1> | upsample<2, bilinear>,
                                       conv<64, 1>) |
                              depthwise_conv<3, same, no_bias> | conv<32, 1> | relu | upsample<2, bilinear>,
                          conv<32, 1>) |
                 depthwise_conv<3, same, no_bias> | conv<24, 1> | relu | upsample<2, bilinear>,
             conv<24, 1>) |
    depthwise_conv<3, same, no_bias> | conv<24, 1> | relu |
    branches(depthwise_conv<3, same, no_bias> | conv<96, 1> | relu | conv<1, 1>,
             depthwise_conv<3, same, no_bias> | conv<96, 1> | relu | conv<17, 1>, block, block);

using network = strata::model<topology>;
} // namespace movenet
