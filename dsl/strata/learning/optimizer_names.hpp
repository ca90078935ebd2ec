// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/learning/optimizer.hpp>
#include <strata/setting.hpp>

/// What the library's own update rules are written with, and steps that several of them have in common.
namespace strata::bedrock::inline STRATA_SETTING::detail::optimizer_names {
using namespace symbols;
inline constexpr variable_term<"m"> m{};
inline constexpr variable_term<"v"> v{};
inline constexpr variable_term<"beta_1"> beta_1{};
inline constexpr variable_term<"beta_2"> beta_2{};
inline constexpr variable_term<"epsilon"> epsilon{};
inline constexpr variable_term<"momentum"> momentum{};
inline constexpr variable_term<"decay"> decay{};

// Adam in the more efficient order of Kingma and Ba 2015, section 2: the correction of the bias is part of
// the rate.
inline constexpr auto first_moment = (m = beta_1 * m + (1 - beta_1) * g);
inline constexpr auto second_moment = (v = beta_2 * v + (1 - beta_2) * square(g));
inline constexpr auto adam_step = (w = w - rate * m / (sqrt(v) + epsilon));
inline constexpr auto average_of_squares = (v = decay * v + (1 - decay) * square(g));

inline double bias_correction(double first, double second, double step) {
    return std::sqrt(1 - std::pow(second, step + 1)) / (1 - std::pow(first, step + 1));
}

// What several rules read in a step, from the options that their optimizers have in common.
template <class Optimizer>
auto adam_scalars(const Optimizer& options, double step) {
    return bind(rate = options.learning_rate(step) * bias_correction(options.beta_1, options.beta_2, step),
                beta_1 = options.beta_1, beta_2 = options.beta_2, epsilon = options.epsilon);
}
template <class Optimizer>
auto momentum_scalars(const Optimizer& options, double step) {
    return bind(rate = options.learning_rate(step), momentum = options.momentum);
}
template <class Optimizer>
auto decay_scalars(const Optimizer& options, double step) {
    return bind(rate = options.learning_rate(step), decay = options.decay, epsilon = options.epsilon);
}
} // namespace strata::bedrock::inline STRATA_SETTING::detail::optimizer_names
