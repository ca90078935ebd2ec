// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

#include <cstddef>

/// The WaveNets that Neural Amp Modeler trains on guitar amplifiers, as its core runs them: `nam_a1`, its
/// "standard" model, and `nam_a2`, for mono samples [steps, 1] of any number of steps.
///
/// A layer reads x, the samples themselves, and what the layers before it add up for the output: z is the
/// activation of a causal convolution of x, with the samples mixed in. It goes on as x + W z + b, and into
/// that sum. The last number is a scale of the result, which the files of models store with the weights.
namespace networks {
using namespace strata;

namespace nam {

template <std::size_t Channels, std::size_t Kernel, std::size_t Dilation, auto Activation>
constexpr auto activated = with_all(pick<1> | conv<Channels, 1, no_bias>,
                                    pick<0> | conv<Channels, Kernel, causal, dilation<Dilation>>) |
                           add | Activation;

/// (x, samples) -> (x, samples, sum): the first layer, whose activation begins the sum.
template <std::size_t Channels, std::size_t Kernel, std::size_t Dilation, auto Activation>
constexpr auto first_layer = with_all(activated<Channels, Kernel, Dilation, Activation>, pick<0>, pick<1>) |
                             with_all(with_all(pick<1>, pick<0> | conv<Channels, 1>) | add, pick<2>, pick<0>);

/// (x, samples, sum) -> the same of the next layer.
template <std::size_t Channels, std::size_t Kernel, std::size_t Dilation, auto Activation>
constexpr auto layer = with_all(activated<Channels, Kernel, Dilation, Activation>, pick<0>, pick<1>,
                                pick<2>) |
                       with_all(with_all(pick<1>, pick<0> | conv<Channels, 1>) | add, pick<2>,
                                with_all(pick<3>, pick<0>) | add);

template <std::size_t Channels, auto Activation, std::size_t... Dilations>
constexpr auto layers = (layer<Channels, 3, Dilations, Activation> | ...);
template <std::size_t Channels, auto Activation, std::size_t... Dilations>
constexpr auto layers_of_six = (layer<Channels, 6, Dilations, Activation> | ...);

inline constexpr bedrock::tanh_layer tanh{};
inline constexpr auto leaky = leaky_relu<0.01>;
} // namespace nam

/// Two stacks, of 16 and of 8 channels, each of ten layers with kernels of 3 and dilations from 1 to 512.
template <std::size_t Steps>
constexpr auto nam_a1 = [] {
    using namespace nam;
    using nam::tanh;
    constexpr auto wide = branches(conv<16, 1, no_bias>, identity) | first_layer<16, 3, 1, tanh> |
                          layers<16, tanh, 2, 4, 8, 16, 32, 64, 128, 256, 512>;
    constexpr auto narrow = layers<8, tanh, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512>;
    return input<Steps, 1> | wide | branches(conv<8, 1, no_bias>, identity, conv<8, 1, no_bias>) | narrow |
           pick<2> | conv<1, 1> | dense<1, no_bias>;
}();
static_assert(parameter_count(nam_a1<1>) == 13'802);

/// 23 layers of 8 channels with kernels of 6, of 15 in two of them, and an output that looks back, too.
template <std::size_t Steps>
constexpr auto nam_a2 = [] {
    using namespace nam;
    constexpr auto first = first_layer<8, 6, 1, leaky> | layers_of_six<8, leaky, 3, 7, 17, 41, 101, 239>;
    constexpr auto seven = layers_of_six<8, leaky, 1, 3, 7, 17, 41, 101, 239>;
    return input<Steps, 1> | branches(conv<8, 1, no_bias>, identity) | first | seven |
           layer<8, 15, 1, leaky> | layer<8, 15, 13, leaky> | seven | pick<2> | conv<1, 16, causal> |
           dense<1, no_bias>;
}();
static_assert(parameter_count(nam_a2<1>) == 12'146);

} // namespace networks
