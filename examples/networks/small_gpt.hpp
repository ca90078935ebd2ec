// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

#include <cstddef>

namespace networks {
using namespace strata;

template <std::size_t Vocabulary, std::size_t Width>
constexpr auto tokens_of_gpt = embedding<Vocabulary, Width, normal<0.02>>;

/// What stands between the tokens of a decoder as GPT-2's (Radford et al. 2019) and the probabilities of the
/// next ones: normalization before each part, and a last one before the product with the tokens' own table.
/// `Options` are those of `attention`.
template <std::size_t Vocabulary, std::size_t Width, std::size_t Heads, std::size_t Blocks, auto... Options>
constexpr auto decoder_of_gpt =
    repeat<Blocks>(residual(layer_norm<epsilon<1e-5>> | attention<Heads, Width / Heads, causal, Options...>) |
                   residual(layer_norm<epsilon<1e-5>> | dense<4 * Width> | gelu | dense<Width>)) |
    layer_norm<epsilon<1e-5>> |
    shared_weights<"tokens">(unembedding<tokens_of_gpt<Vocabulary, Width>>) | softmax;

/// `Steps` tokens of a vocabulary in, for each the probabilities of the next one out. Positions are learnt.
template <std::size_t Steps, std::size_t Vocabulary, std::size_t Width, std::size_t Heads, std::size_t Blocks>
constexpr auto small_gpt = input<Steps> | shared_weights<"tokens">(tokens_of_gpt<Vocabulary, Width>) |
                           positions<normal<0.02>> | decoder_of_gpt<Vocabulary, Width, Heads, Blocks>;

/// The same with rotary positions (Su et al. 2021), which tell distances alone, so that a stream may go on
/// for longer than the steps that the network has learnt on.
template <std::size_t Steps, std::size_t Vocabulary, std::size_t Width, std::size_t Heads, std::size_t Blocks>
constexpr auto rotary_gpt = input<Steps> | shared_weights<"tokens">(tokens_of_gpt<Vocabulary, Width>) |
                            decoder_of_gpt<Vocabulary, Width, Heads, Blocks, rotary<>>;

static_assert(parameter_count(small_gpt<1024, 50'257, 768, 12, 12>) == 124'439'808); // GPT-2's smallest

} // namespace networks
