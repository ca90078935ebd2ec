// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "browser_spectrogram.hpp"

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <cstddef>
#include <string>
#include <vector>

/// The network of sounds that Teachable Machine exports, up to its last layer but one: that of
/// TensorFlow.js's speech commands (BROWSER_FFT), which knows 18 spoken words, and whose 2000 numbers others
/// are learnt from.
namespace exported_sounds {
using namespace strata;

/// Two frames by so many pitches, and the strongest of 2 x 2.
template <std::size_t Filters, std::size_t Pitches>
inline constexpr auto block = conv<Filters, spatial{2, Pitches}> | relu | max_pool<2, stride<2>>;

inline constexpr auto topology =
    input<engines::browser_spectrogram::frames, engines::browser_spectrogram::bins, 1> | block<8, 8> |
    block<32, 4> | block<32, 4> | conv<32, spatial{2, 4}> | relu | max_pool<2, stride<spatial{1, 2}>> |
    flatten | dense<2000> | relu;
using network = model<topology>;
static_assert(network::parameter_count == 1'428'664);

/// The names that TensorFlow.js gives the layers with weights, in their order.
inline std::vector<std::string> layer_names() {
    return {"conv2d_1", "conv2d_2", "conv2d_3", "conv2d_4", "dense_1"};
}

} // namespace exported_sounds
