// A network with its weights, written by strata 0.1.0: xor_net.predict({...}).
//     input 2
//     dense<4>, 4, kernel 2 x 4, bias 4 of 0
//     tanh tanh(x), 4 of 1
//     dense<1>, 1, kernel 4 x 1, bias 1 of 2
//     sigmoid sigmoid(x), 1 of 3
//     outputs 4
// clang-format off
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/model/embedded.hpp>
#include <strata/model/model.hpp>

#include <array>
#include <limits>

namespace xor_net_parts {
using namespace strata;
using type = model<input<2> | dense<4> | tanh | dense<1> | sigmoid>;

struct weights {
    static constexpr std::array<embedded_array, 4> arrays{
        embedded_array{"dense", "kernel", {2, 4}},
        embedded_array{"dense", "bias", {4}},
        embedded_array{"dense_1", "kernel", {4, 1}},
        embedded_array{"dense_1", "bias", {1}},
    };
    static constexpr std::array<type::value_type, 17> numbers{
        // dense.kernel
        -4.038836f, -2.9113343f, 4.8932495f, 3.0648003f, 2.72873f, 3.9657211f, -3.556018f,
        3.1428344f,
        // dense.bias
        -1.0617105f, 0.94959533f, 1.4287561f, -0.51121414f,
        // dense_1.kernel
        3.2668304f, -7.089845f, -4.3961716f, 3.931245f,
        // dense_1.bias
        3.644272f,
    };
};
} // namespace xor_net_parts

inline constexpr strata::embedded<xor_net_parts::type, xor_net_parts::weights> xor_net;
