// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

#include <cstddef>

namespace networks {
using namespace strata;

/// A decoder as GPT-2's (Radford et al. 2019): learnt positions, normalization before each part, and a last
/// one before the product that tells the next token. `Steps` tokens of a vocabulary in, for each the
/// probabilities of the next one out. The product has a table of its own, where GPT-2 shares the embedding's.
template <std::size_t Steps, std::size_t Vocabulary, std::size_t Width, std::size_t Heads, std::size_t Blocks>
constexpr auto
    small_gpt = input<Steps> | embedding<Vocabulary, Width, normal<0.02>> | positions<normal<0.02>> |
                repeat<Blocks>(residual(layer_norm<epsilon<1e-5>> | attention<Heads, Width / Heads, causal>) |
                               residual(layer_norm<epsilon<1e-5>> | dense<4 * Width> | gelu | dense<Width>)) |
                layer_norm<epsilon<1e-5>> | dense<Vocabulary, no_bias> | softmax;

// GPT-2's smallest has 124,439,808 numbers with one table less of 50,257 x 768.
static_assert(parameter_count(small_gpt<1024, 50'257, 768, 12, 12>) - 50'257 * 768 == 124'439'808);

} // namespace networks
