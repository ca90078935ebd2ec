// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

/// The trunk of a detector of everyday objects, a MobileNet v3 that COCO's 80 kinds of things trained: 480
/// features of a picture of numbers 0 to 255. Its weights are those of `centernet` in npm's @vladmandic/human
/// (MIT), which examples/browser/trunks.mjs turns into centernet.safetensors.
///
/// The type is what a command made of that file, up to its last convolution; the file's product of two lines,
/// `branches(rescaling<0.16662598>, rescaling<1.0, 3.0> | relu6) | multiply`, is one formula here, and the
/// mean over places follows. The file takes pictures of 512 x 512; objects of a webcam fill smaller ones as
/// well, in a fifth of the time.
///
///     examples/run.sh import_model centernet.json --output tower_0/extern1/hard_swish/mul_1 --input
///     1x224x224x3
namespace centernet {
using namespace strata;
using namespace strata::symbols;

/// `hard_swish`, but for the digits of a sixth that float16 has.
constexpr auto swish = named_activation<"hard_swish", 0.16662598 * x * min(max(x + 3, 0), 6)>;
constexpr auto topology =
    input<224, 224, 3> | conv<16, 3, stride<2>, same> | swish |
    residual(depthwise_conv<3, same> | relu | conv<16, 1>) | conv<64, 1> | relu |
    depthwise_conv<3, stride<2>, same> | relu | conv<24, 1> |
    residual(conv<72, 1> | relu | depthwise_conv<3, same> | relu | conv<24, 1>) | conv<72, 1> | relu |
    depthwise_conv<5, stride<2>, same> | relu |
    branches(global_average_pool | reshape<1, 1, 72> | conv<24, 1> | relu | conv<72, 1> |
                 rescaling<1.0, 3.0> | relu6 | rescaling<0.16662598> | upsample<28>,
             identity) |
    multiply | conv<32, 1> |
    repeat<2>(residual(conv<96, 1> | relu | depthwise_conv<5, same> | relu |
                       branches(global_average_pool | reshape<1, 1, 96> | conv<24, 1> | relu | conv<96, 1> |
                                    rescaling<1.0, 3.0> | relu6 | rescaling<0.16662598> | upsample<28>,
                                identity) |
                       multiply | conv<32, 1>)) |
    conv<192, 1> | swish | depthwise_conv<3, stride<2>, same> | swish | conv<64, 1> |
    residual(conv<160, 1> | swish | depthwise_conv<3, same> | swish | conv<64, 1>) |
    repeat<2>(residual(conv<144, 1> | swish | depthwise_conv<3, same> | swish | conv<64, 1>)) | conv<384, 1> |
    swish | depthwise_conv<3, same> | swish |
    branches(global_average_pool | reshape<1, 1, 384> | conv<96, 1> | relu | conv<384, 1> |
                 rescaling<1.0, 3.0> | relu6 | rescaling<0.16662598> | upsample<14>,
             identity) |
    multiply | conv<88, 1> |
    residual(conv<528, 1> | swish | depthwise_conv<3, same> | swish |
             branches(global_average_pool | reshape<1, 1, 528> | conv<136, 1> | relu | conv<528, 1> |
                          rescaling<1.0, 3.0> | relu6 | rescaling<0.16662598> | upsample<14>,
                      identity) |
             multiply | conv<88, 1>) |
    conv<528, 1> | swish | depthwise_conv<5, stride<2>, same> | swish |
    branches(global_average_pool | reshape<1, 1, 528> | conv<136, 1> | relu | conv<528, 1> |
                 rescaling<1.0, 3.0> | relu6 | rescaling<0.16662598> | upsample<7>,
             identity) |
    multiply | conv<120, 1> |
    repeat<2>(
        residual(conv<720, 1> | swish | depthwise_conv<5, same> | swish |
                 branches(global_average_pool | reshape<1, 1, 720> | conv<184, 1> | relu | conv<720, 1> |
                              rescaling<1.0, 3.0> | relu6 | rescaling<0.16662598> | upsample<7>,
                          identity) |
                 multiply | conv<120, 1>)) |
    conv<480, 1> | swish | global_average_pool;

using network = strata::model<topology>;
} // namespace centernet
