// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/learning/optimizer_names.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail::optimizer_names {
inline constexpr variable_term<"largest"> largest{};
inline constexpr variable_term<"moment_rate"> moment_rate{};
inline constexpr variable_term<"gradient_rate"> gradient_rate{};
inline constexpr variable_term<"correction"> correction{};
inline constexpr auto amsgrad_rule = rule<first_moment, second_moment, (largest = max(largest, v)),
                                          (w = w - rate * m / (sqrt(largest) + epsilon))>;
inline constexpr auto nadam_rule =
    rule<first_moment, second_moment,
         (w = w - (moment_rate * m + gradient_rate * g) / (sqrt(correction * v) + epsilon))>;
inline constexpr auto adamax_rule =
    rule<first_moment, (largest = max(beta_2 * largest, abs(g))), (w = w - rate * m / (largest + epsilon))>;
inline constexpr auto lion_rule =
    rule<(w = w - rate * sign(beta_1 * m + (1 - beta_1) * g)), (m = beta_2 * m + (1 - beta_2) * g)>;

/// Nadam's momentum in the step of that number, which grows towards `beta`: beta (1 - 0.96^(step + 1) / 2).
inline double warmed_momentum(double beta, double step) {
    return beta * (1 - 0.5 * std::pow(0.96, step + 1));
}

/// The product of the momentums of all steps from the first to this one, computed anew, so that the rule
/// depends on the number of the step alone. Once it is lost beside 1, it is 0; factors that differ from
/// `beta` by less than a rounding are one power.
inline double momentum_product(double beta, double step) {
    constexpr double warm = 1000; // 0.96^1000 < 2^-53
    const double rest = std::pow(beta, step > warm ? step - warm : 0);
    double product = std::pow(beta, step + 1) < 1e-20 ? 0 : rest;
    for (double i = 0; i <= step && i <= warm && product > 0; ++i)
        product *= warmed_momentum(beta, i);
    return product;
}
} // namespace detail::optimizer_names

/// Adam whose second moment never falls (Reddi, Kale and Kumar 2018), as Keras's `amsgrad=True` has it:
/// largest = max(largest, v) takes the place of v in the step.
struct adam_amsgrad {
    schedule learning_rate = 1e-3;
    double beta_1 = 0.9;
    double beta_2 = 0.999;
    double epsilon = 1e-7;

    auto scalars(double step) const { return detail::optimizer_names::adam_scalars(*this, step); }
    static constexpr auto update = detail::optimizer_names::amsgrad_rule;
};

/// Adam with Nesterov's momentum (Dozat 2015), with Keras's defaults and its warming up of the momentum.
struct nadam {
    schedule learning_rate = 1e-3;
    double beta_1 = 0.9;
    double beta_2 = 0.999;
    double epsilon = 1e-7;

    auto scalars(double step) const {
        namespace names = detail::optimizer_names;
        const double current_rate = learning_rate(step);
        const double current = names::warmed_momentum(beta_1, step);
        const double next = names::warmed_momentum(beta_1, step + 1);
        const double product = names::momentum_product(beta_1, step);
        return bind(names::moment_rate = current_rate * next / (1 - product * next),
                    names::gradient_rate = current_rate * (1 - current) / (1 - product),
                    names::correction = 1 / (1 - std::pow(beta_2, step + 1)), names::beta_1 = beta_1,
                    names::beta_2 = beta_2, names::epsilon = epsilon);
    }
    static constexpr auto update = detail::optimizer_names::nadam_rule;
};

/// Adam by the largest gradient instead of the second moment (Kingma and Ba 2015, section 7.1), with Keras's
/// defaults: largest = max(beta_2 largest, |g|); w = w - rate m / (largest + epsilon), with the correction of
/// m's bias in the rate.
struct adamax {
    schedule learning_rate = 1e-3;
    double beta_1 = 0.9;
    double beta_2 = 0.999;
    double epsilon = 1e-7;

    auto scalars(double step) const {
        namespace names = detail::optimizer_names;
        return bind(symbols::rate = learning_rate(step) / (1 - std::pow(beta_1, step + 1)),
                    names::beta_1 = beta_1, names::beta_2 = beta_2, names::epsilon = epsilon);
    }
    static constexpr auto update = detail::optimizer_names::adamax_rule;
};

/// Steps of one length, by the sign of the moment (Chen and others 2023), with Keras's defaults:
/// w = w - rate sign(beta_1 m + (1 - beta_1) g); m = beta_2 m + (1 - beta_2) g.
struct lion {
    schedule learning_rate = 1e-3;
    double beta_1 = 0.9;
    double beta_2 = 0.99;

    auto scalars(double step) const {
        namespace names = detail::optimizer_names;
        return bind(symbols::rate = learning_rate(step), names::beta_1 = beta_1, names::beta_2 = beta_2);
    }
    static constexpr auto update = detail::optimizer_names::lion_rule;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::adam_amsgrad;
using bedrock::adamax;
using bedrock::lion;
using bedrock::nadam;
} // namespace strata
