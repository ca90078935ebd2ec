// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/learning/optimizer_names.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail::optimizer_names {
inline constexpr variable_term<"a"> a{};
inline constexpr variable_term<"linear_sum"> linear_sum{};
inline constexpr variable_term<"lasso"> lasso{};
inline constexpr variable_term<"ridge"> ridge{};
inline constexpr variable_term<"shrinkage"> shrinkage{};

// What is subtracted from the squares is rounded, so that epsilon belongs under the root.
inline constexpr auto adadelta_step = sqrt(a + epsilon) * g / sqrt(v + epsilon);
inline constexpr auto growth_of_root = sqrt(v + square(g)) - sqrt(v);
inline constexpr auto rmsprop_momentum_rule =
    rule<average_of_squares, (m = momentum * m + rate * g / sqrt(v + epsilon)), (w = w - m)>;
inline constexpr auto rmsprop_centered_rule = rule<average_of_squares, (a = decay * a + (1 - decay) * g),
                                                   (w = w - rate * g / sqrt(v - square(a) + epsilon))>;
inline constexpr auto adadelta_rule = rule<average_of_squares, (w = w - rate * adadelta_step),
                                           (a = decay * a + (1 - decay) * square(adadelta_step))>;
inline constexpr auto ftrl_rule =
    rule<(linear_sum = linear_sum + g + shrinkage * w - rate * growth_of_root * w), (v = v + square(g)),
         (w = (max(min(linear_sum, lasso), -lasso) - linear_sum) / (rate * sqrt(v) + ridge))>;
} // namespace detail::optimizer_names

/// RMSprop with momentum, as in Keras: v = decay v + (1 - decay) g^2; m = momentum m + rate g / sqrt(v +
/// epsilon); w = w - m. As in Keras 3, and other than in `rmsprop`, epsilon is under the root.
struct rmsprop_momentum {
    schedule learning_rate = 1e-3;
    double momentum = 0.9;
    double decay = 0.9;
    double epsilon = 1e-7;

    auto scalars(double step) const {
        namespace names = detail::optimizer_names;
        return bind(symbols::rate = learning_rate(step), names::momentum = momentum, names::decay = decay,
                    names::epsilon = epsilon);
    }
    static constexpr auto update = detail::optimizer_names::rmsprop_momentum_rule;
};

/// RMSprop by the variance of the gradients instead of their mean square (Graves 2013), as Keras's
/// `centered=True` has it: a = decay a + (1 - decay) g; w = w - rate g / sqrt(v - a^2 + epsilon).
struct rmsprop_centered {
    schedule learning_rate = 1e-3;
    double decay = 0.9;
    double epsilon = 1e-7;

    auto scalars(double step) const { return detail::optimizer_names::decay_scalars(*this, step); }
    static constexpr auto update = detail::optimizer_names::rmsprop_centered_rule;
};

/// Zeiler 2012, with Keras's defaults: the rate of each weight is the ratio of two moving averages, of the
/// squares of its steps (a) and of its gradients (v). w = w - rate s with s = sqrt(a + epsilon) g /
/// sqrt(v + epsilon), by the a from before; a = decay a + (1 - decay) s^2.
struct adadelta {
    schedule learning_rate = 1e-3;
    double decay = 0.95;
    double epsilon = 1e-7;

    auto scalars(double step) const { return detail::optimizer_names::decay_scalars(*this, step); }
    static constexpr auto update = detail::optimizer_names::adadelta_rule;
};

/// Follow the regularized leader (McMahan and others 2013), with Keras's defaults and its power of -1/2 of
/// the rate: v = v + g^2, where v begins at `initial_accumulator`; s = s + g - (sqrt(v) - sqrt(v before)) /
/// rate w; w = 0 where |s| <= l1, else (sign(s) l1 - s) / ((beta + sqrt(v)) / rate
/// + 2 l2). The sums are of all gradients, so that a change of the rate changes what is past, too.
struct ftrl {
    schedule learning_rate = 1e-3;
    double initial_accumulator = 0.1;
    double l1 = 0;
    double l2 = 0;
    double l2_shrinkage = 0; ///< adds 2 l2_shrinkage w to the gradient in the linear sum
    double beta = 0;

    auto scalars(double step) const {
        namespace names = detail::optimizer_names;
        const double current_rate = learning_rate(step);
        return bind(symbols::rate = 1 / current_rate, names::lasso = l1,
                    names::ridge = 2 * l2 + beta / current_rate, names::shrinkage = 2 * l2_shrinkage);
    }
    auto initial_states() const { return bind(detail::optimizer_names::v = initial_accumulator); }
    static constexpr auto update = detail::optimizer_names::ftrl_rule;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::adadelta;
using bedrock::ftrl;
using bedrock::rmsprop_centered;
using bedrock::rmsprop_momentum;
} // namespace strata
