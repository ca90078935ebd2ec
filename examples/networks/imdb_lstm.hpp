// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/topology/parameter_count.hpp>

namespace networks {
using namespace strata;

/// Keras's example of a bidirectional network that tells whether a film's review is a good one, as Keras.js
/// shows it in the browser: 200 words of a vocabulary of 20,000, those that the reviews use most.
inline constexpr auto imdb_lstm = input<200> | embedding<20'000, 64> | bidirectional(lstm<32, last_step>) |
                                  dropout<0.5> | dense<1> | sigmoid;

static_assert(parameter_count(imdb_lstm) == 1'304'897);
static_assert(decltype(imdb_lstm)::output_shape{} == shape<1>{});

} // namespace networks
