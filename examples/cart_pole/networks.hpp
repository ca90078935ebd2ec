// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// The networks of an agent, and what they learn.

#include <strata/layers/layers.hpp>
#include <strata/learning/loss_list.hpp>
#include <strata/learning/losses.hpp>
#include <strata/model/model.hpp>

namespace cart_pole {

/// The actor: a state to the probabilities of both pushes.
template <std::size_t Width>
inline constexpr auto actor = strata::dense<Width> | strata::tanh | strata::dense<2> | strata::softmax;

/// The critic: a state to its value, from about 0, the pole falls, to 1, it stands for good.
template <std::size_t Width>
inline constexpr auto critic = strata::dense<Width> | strata::tanh | strata::dense<1>;

/// What acts: probabilities and value.
template <std::size_t Width>
inline constexpr auto agent_topology = strata::input<4> | strata::branches(actor<Width>, critic<Width>);

/// What learns. Its second input is 1 / p for the push that was chosen, of probability p then, and 0 for the
/// other, so that the first output is the ratio of the probability today to that; the others are
/// probabilities and value.
template <std::size_t Width>
inline constexpr auto learner_topology = strata::inputs(strata::input<4>, strata::input<2>) |
                                         strata::with_all(strata::pick<0> | actor<Width>, strata::pick<1>,
                                                          strata::pick<0> | critic<Width>) |
                                         strata::with_all(strata::with_all(strata::pick<0>, strata::pick<1>) |
                                                              strata::multiply,
                                                          strata::pick<0>, strata::pick<2>);

/// The clipped objective of Schulman and others, "Proximal policy optimization algorithms" (2017), equation
/// 7, with a minus. The prediction is the ratio of probabilities, the target the advantage of the push that
/// was chosen.
inline constexpr auto clipped_surrogate =
    strata::loss<"clipped surrogate",
                 -min(strata::symbols::prediction* strata::symbols::target,
                      min(max(strata::symbols::prediction, 0.8), 1.2) * strata::symbols::target),
                 strata::over_outputs::sum>;

/// The entropy of the choice, with a minus: an agent that is rewarded for it goes on to explore.
inline constexpr auto certainty =
    strata::loss<"certainty", strata::symbols::prediction * log(max(strata::symbols::prediction, 1e-7)),
                 strata::over_outputs::sum>;

inline constexpr auto agent_losses = strata::losses(clipped_surrogate, certainty, strata::half_squared_error);

} // namespace cart_pole
