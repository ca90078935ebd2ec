// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

namespace networks {
using namespace strata;

/// The network for mails that a page shows: 128 words, the number of each, 0 behind the last one -> how much
/// speaks for spam, the logarithm of its odds. A small vocabulary, so that its weights load fast.
inline constexpr auto spam_score = input<128> | embedding<4'096, 12, mask_zero> | dropout<0.3> |
                                   bidirectional(gru<12>) | global_max_pool | dropout<0.3> | dense<1>;
/// The probability that they are spam.
inline constexpr auto spam_reader = spam_score | sigmoid;
/// Both.
inline constexpr auto spam_view = spam_score | branches(identity, sigmoid);

static_assert(parameter_count(spam_reader) == 51'049);
static_assert(decltype(spam_reader)::output_shape{} == shape<1>{});

} // namespace networks
