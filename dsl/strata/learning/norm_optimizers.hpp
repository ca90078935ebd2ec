// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/learning/gradient_needs.hpp>
#include <strata/learning/optimizers.hpp>

#include <cmath>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail::norm_names {
using namespace optimizer_names;
inline constexpr variable_term<"trust"> trust{};
inline constexpr variable_term<"first_correction"> first_correction{};
inline constexpr variable_term<"second_correction"> second_correction{};
inline constexpr auto lamb_direction =
    rule<first_moment, second_moment,
         (g = first_correction * m / (sqrt(second_correction * v) + epsilon) + decay * w)>;
inline constexpr auto lamb_update = rule<(w = w - rate * trust * g)>;
inline constexpr auto lars_update = rule<(v = momentum * v + rate * trust * (g + decay * w)), (w = w - v)>;
} // namespace detail::norm_names

/// You et al. 2020, "Large batch optimization for deep learning", with Keras's defaults: Adam's direction d =
/// m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon) + weight_decay w, and for each array w = w -
/// rate |w| / |d| d. Where a norm is 0 the ratio is 1. Keras's own decay, which is apart from the gradient,
/// is that of `adamw`.
struct lamb {
    schedule learning_rate = 1e-3;
    double weight_decay = 0;
    double beta_1 = 0.9;
    double beta_2 = 0.999;
    double epsilon = 1e-7;

    auto scalars(double step) const {
        namespace names = detail::norm_names;
        return bind(symbols::rate = learning_rate(step),
                    names::first_correction = 1 / (1 - std::pow(beta_1, step + 1)),
                    names::second_correction = 1 / (1 - std::pow(beta_2, step + 1)),
                    names::decay = weight_decay, names::beta_1 = beta_1, names::beta_2 = beta_2,
                    names::epsilon = epsilon);
    }
    auto array_scalars(const array_norms& norms) const {
        const bool has_ratio = norms.weights > 0 && norms.array > 0;
        return bind(detail::norm_names::trust = has_ratio ? norms.weights / norms.array : 1.0);
    }
    static constexpr auto direction = detail::norm_names::lamb_direction;
    static constexpr auto update = detail::norm_names::lamb_update;
};

/// You, Gitman and Ginsburg 2017, "Large batch training of convolutional networks": for each array the rate
/// is multiplied by trust |w| / (|g| + weight_decay |w|), or by 1 where a norm is 0; v = momentum v + rate (g
/// + weight_decay w); w = w - v.
struct lars {
    schedule learning_rate = 0.01;
    double momentum = 0.9;
    double weight_decay = 1e-4;
    double trust = 1e-3;

    auto scalars(double step) const {
        namespace names = detail::norm_names;
        return bind(symbols::rate = learning_rate(step), names::momentum = momentum,
                    names::decay = weight_decay);
    }
    auto array_scalars(const array_norms& norms) const {
        const bool has_ratio = norms.weights > 0 && norms.array > 0;
        return bind(detail::norm_names::trust =
                        has_ratio ? trust * norms.weights / (norms.array + weight_decay * norms.weights)
                                  : 1.0);
    }
    static constexpr auto update = detail::norm_names::lars_update;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::lamb;
using bedrock::lars;
} // namespace strata

STRATA_HEADER_END
