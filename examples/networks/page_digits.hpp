// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "mnist_gan.hpp"

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

// The networks for MNIST that the page of digits shows: small ones, so that their weights load fast.

namespace networks {
using namespace strata;

namespace digits {
inline constexpr auto recognize = reshape<28, 28, 1> | conv<16, 3> | relu | conv<16, 3> | relu | max_pool<2> |
                                  conv<32, 3> | relu | conv<32, 3> | relu | max_pool<2> | flatten |
                                  dense<96> | relu | dropout<0.4> | dense<10> | softmax;
/// Other hands than those of the training images: digits a little shifted, turned, larger or smaller.
inline constexpr auto vary = reshape<28, 28, 1> | random_shift<0.08, 0.08, outside::zero> |
                             random_rotation<0.03, outside::zero> | random_zoom<0.1, outside::zero>;

inline constexpr auto encode = reshape<28, 28, 1> | conv<16, 3, stride<2>, same> | relu |
                               conv<32, 3, stride<2>, same> | relu | flatten | dense<16> | relu |
                               branches(dense<2>, dense<2>);
inline constexpr auto decode = dense<64> | relu | dense<7 * 7 * 16> | relu | reshape<7, 7, 16> |
                               conv_transpose<32, 3, stride<2>, same> | relu |
                               conv_transpose<16, 3, stride<2>, same> | relu | conv_transpose<1, 3, same> |
                               sigmoid | reshape<28, 28>;

inline constexpr auto judge = gan::judge<16, 32, 64, 64>();
} // namespace digits

/// 28 x 28 -> the probabilities of the ten digits.
inline constexpr auto digit_reader = input<28, 28> | digits::recognize;
/// What learns: the same behind layers that vary the images in training.
inline constexpr auto varied_digit_reader = input<28, 28> | digits::vary | digits::recognize;

/// A variational autoencoder. 28 x 28 -> mean and logarithm of the variance, two numbers each.
inline constexpr auto digit_encoder = input<28, 28> | digits::encode;
/// Two numbers -> 28 x 28.
inline constexpr auto digit_decoder = input<2> | digits::decode;
inline constexpr auto digit_autoencoder =
    digit_encoder | with_all(sampling | digits::decode, pick<0>, pick<1>);

/// An auxiliary classifier GAN. 32 numbers, 10 of a one-hot digit -> 28 x 28 x 1, from -1 to 1.
inline constexpr auto digit_generator = inputs(input<32>, input<10>) | gan::draw<32, 64, 32, 16>();
/// 28 x 28 x 1 -> whether it is real, and the probabilities of the digits.
inline constexpr auto digit_judge = input<28, 28, 1> | digits::judge;
/// What the generator learns in: the judge says what it thinks of the drawing.
inline constexpr auto digit_adversary = digit_generator | frozen_weights(digits::judge);

static_assert(parameter_count(digit_reader) == 66'586);
static_assert(parameter_count(varied_digit_reader) == parameter_count(digit_reader));
static_assert(decltype(digit_reader)::output_shape{} == shape<10>{});
static_assert(decltype(digit_decoder)::output_shape{} == shape<28, 28>{});
static_assert(decltype(digit_generator)::output_shape{} == shape<28, 28, 1>{});

} // namespace networks
