// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

// An auxiliary classifier GAN (Odena, Olah and Shlens 2017) for MNIST, as Keras's example mnist_acgan builds
// it: a generator that draws a wanted digit, and a discriminator that tells drawn from real and names the
// digit.

namespace networks {
using namespace strata;

namespace gan {
/// Its averages must follow the generator closely, since it learns with its batches' own statistics but is
/// judged by what it draws with the averages.
inline constexpr auto norm = batch_norm<momentum<0.8>>;

/// Code numbers and a digit -> an image in [-1, 1]. A digit's code is a row of the matrix of the first dense
/// layer, which its one-hot vector selects. The filters of each layer are given.
template <std::size_t Code, std::size_t First, std::size_t Second, std::size_t Third>
constexpr auto draw() {
    return branches(identity, dense<Code, no_bias, glorot_normal>) | multiply | dense<3 * 3 * First> | relu |
           reshape<3, 3, First> | conv_transpose<Second, 5, glorot_normal> | relu | norm |
           conv_transpose<Third, 5, stride<2>, same, glorot_normal> | relu | norm |
           conv_transpose<1, 5, stride<2>, same, glorot_normal> | tanh;
}

template <std::size_t Filters, std::size_t Stride>
constexpr auto look() {
    return conv<Filters, 3, stride<Stride>, same> | leaky_relu<0.2> | dropout<0.3>;
}
/// An image -> the probability that it is real, and those of the digits.
template <std::size_t First, std::size_t Second, std::size_t Third, std::size_t Fourth>
constexpr auto judge() {
    return look<First, 2>() | look<Second, 1>() | look<Third, 2>() | look<Fourth, 1>() | flatten |
           branches(dense<1> | sigmoid, dense<10> | softmax);
}
} // namespace gan

/// 100 numbers, 10 of a one-hot digit -> 28 x 28 x 1.
inline constexpr auto mnist_generator = inputs(input<100>, input<10>) | gan::draw<100, 384, 192, 96>();
/// 28 x 28 x 1 -> 1 and 10.
inline constexpr auto mnist_discriminator = input<28, 28, 1> | gan::judge<32, 64, 128, 256>();
/// What the generator learns in: the discriminator judges what it draws.
inline constexpr auto mnist_adversary = mnist_generator | frozen_weights(gan::judge<32, 64, 128, 256>());

static_assert(parameter_count(mnist_generator) == 2'657'321);   // Keras's trainable ones
static_assert(parameter_count(mnist_discriminator) == 525'835); // Keras's
static_assert(decltype(mnist_generator)::output_shape{} == shape<28, 28, 1>{});
static_assert(decltype(mnist_discriminator)::outputs::size == 2);

} // namespace networks
