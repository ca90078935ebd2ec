// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <cstddef>
#include <string>
#include <vector>

/// The trunk of pictures that Teachable Machine exports: MobileNet v2 (Sandler et al. 2018) of width 0.35 for
/// pictures of 224 x 224, up to its last convolution, and the mean over places: 1280 features. It reads
/// numbers 0 to 255 and scales them as Teachable Machine does, x / 127 - 1.
namespace exported_pictures {
using namespace strata;

// Keras's numbers. Convolutions of stride 2 get a place behind the picture, which is `same` for pictures of
// even sides.
inline constexpr auto norm = batch_norm<epsilon<1e-3>, momentum<0.999>>;

/// Many channels only for the depthwise convolution, few between blocks.
template <std::size_t Channels, std::size_t Filters, std::size_t Stride>
constexpr auto block() {
    return conv<6 * Channels, 1, no_bias> | norm | relu6 | depthwise_conv<3, stride<Stride>, same, no_bias> |
           norm | relu6 | conv<Filters, 1, no_bias> | norm;
}
/// So many blocks, the first of which changes the shape.
template <std::size_t Blocks, std::size_t Channels, std::size_t Filters, std::size_t Stride>
constexpr auto blocks() {
    if constexpr (Channels == Filters && Stride == 1)
        return repeat<Blocks>(residual(block<Filters, Filters, 1>()));
    else if constexpr (Blocks == 1)
        return block<Channels, Filters, Stride>();
    else
        return block<Channels, Filters, Stride>() |
               repeat<Blocks - 1>(residual(block<Filters, Filters, 1>()));
}

inline constexpr auto topology =
    input<224, 224, 3> | rescaling<1.0 / 127, -1.0> | conv<16, 3, stride<2>, same, no_bias> | norm | relu6 |
    depthwise_conv<3, same, no_bias> | norm | relu6 | conv<8, 1, no_bias> | norm | blocks<2, 8, 8, 2>() |
    blocks<3, 8, 16, 2>() | blocks<4, 16, 24, 2>() | blocks<3, 24, 32, 1>() | blocks<3, 32, 56, 2>() |
    blocks<1, 56, 112, 1>() | conv<1280, 1, no_bias> | norm | relu6 | global_average_pool;
using network = model<topology>;

/// The names that Keras gives the layers with weights, in the order of the network's layers.
inline std::vector<std::string> layer_names() {
    std::vector<std::string> result{"Conv1", "bn_Conv1"};
    const auto add_block = [&](const std::string& name, bool expands) {
        if (expands)
            result.insert(result.end(), {name + "_expand", name + "_expand_BN"});
        for (const char* part : {"_depthwise", "_depthwise_BN", "_project", "_project_BN"})
            result.push_back(name + part);
    };
    add_block("expanded_conv", false);
    for (std::size_t i = 1; i <= 16; ++i)
        add_block("block_" + std::to_string(i), true);
    result.insert(result.end(), {"Conv_1", "Conv_1_bn"});
    return result;
}

} // namespace exported_pictures
