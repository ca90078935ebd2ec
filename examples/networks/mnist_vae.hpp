// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

// A variational autoencoder (Kingma and Welling 2014) for MNIST, as Keras's example builds it: an image is
// encoded by the mean and the logarithm of the variance of two numbers, and decoded from two numbers drawn
// like that.

namespace networks {
using namespace strata;

namespace vae {
inline constexpr auto encode = reshape<28, 28, 1> | conv<32, 3, stride<2>, same> | relu |
                               conv<64, 3, stride<2>, same> | relu | flatten | dense<16> | relu |
                               branches(dense<2>, dense<2>);
inline constexpr auto decode =
    dense<7 * 7 * 64> | relu | reshape<7, 7, 64> | conv_transpose<64, 3, stride<2>, same> | relu |
    conv_transpose<32, 3, stride<2>, same> | relu | conv_transpose<1, 3, same> | sigmoid | reshape<28, 28>;
} // namespace vae

/// 28 x 28 -> mean and logarithm of the variance, two numbers each.
inline constexpr auto mnist_encoder = input<28, 28> | vae::encode;
/// Two numbers -> 28 x 28.
inline constexpr auto mnist_decoder = input<2> | vae::decode;
/// What learns: 28 x 28 -> 28 x 28, and what the divergence of the two numbers from a normal distribution
/// depends on.
inline constexpr auto mnist_vae = mnist_encoder | with_all(sampling | vae::decode, pick<0>, pick<1>);

static_assert(parameter_count(mnist_encoder) == 69'076); // Keras's
static_assert(parameter_count(mnist_decoder) == 65'089); // Keras's
static_assert(parameter_count(mnist_vae) == 69'076 + 65'089);
static_assert(decltype(mnist_vae)::output_shape{} == shape<28, 28>{});
static_assert(decltype(mnist_vae)::outputs::size == 3);

} // namespace networks
