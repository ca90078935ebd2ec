// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/learning/adam.hpp>
#include <strata/learning/moment_optimizers.hpp>
#include <strata/learning/optimizer_names.hpp>
#include <strata/learning/rate_optimizers.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// w = w - rate g.
struct sgd {
    schedule learning_rate = 0.01;

    auto scalars(double step) const { return bind(symbols::rate = learning_rate(step)); }
    static constexpr auto update = rule<(symbols::w = symbols::w - symbols::rate * symbols::g)>;
};

/// Stochastic gradient descent with momentum, as in Keras: v = momentum v - rate g; w = w + v.
struct sgd_momentum {
    schedule learning_rate = 0.01;
    double momentum = 0.9;

    auto scalars(double step) const { return detail::optimizer_names::momentum_scalars(*this, step); }
    static constexpr auto update = [] {
        using namespace detail::optimizer_names;
        namespace names = detail::optimizer_names;
        return rule<(v = names::momentum * v - rate * g), (w = w + v)>;
    }();
};

/// The same with Nesterov's look-ahead: w = w + momentum v - rate g with the new v.
struct sgd_nesterov {
    schedule learning_rate = 0.01;
    double momentum = 0.9;

    auto scalars(double step) const { return detail::optimizer_names::momentum_scalars(*this, step); }
    static constexpr auto update = [] {
        using namespace detail::optimizer_names;
        namespace names = detail::optimizer_names;
        return rule<(v = names::momentum * v - rate * g), (w = w + names::momentum * v - rate * g)>;
    }();
};

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), with Keras's defaults.
struct adamw {
    schedule learning_rate = 1e-3;
    double weight_decay = 4e-3;
    double beta_1 = 0.9;
    double beta_2 = 0.999;
    double epsilon = 1e-7;

    auto scalars(double step) const {
        namespace names = detail::optimizer_names;
        const double current_rate = learning_rate(step);
        return bind(symbols::rate = current_rate * names::bias_correction(beta_1, beta_2, step),
                    names::decay = current_rate * weight_decay, names::beta_1 = beta_1,
                    names::beta_2 = beta_2, names::epsilon = epsilon);
    }
    static constexpr auto update = [] {
        using namespace detail::optimizer_names;
        return rule<(w = w - decay * w), first_moment, second_moment, adam_step>;
    }();
};

/// Tieleman and Hinton 2012, with Keras's defaults: v = decay v + (1 - decay) g^2; w = w - rate g / (sqrt(v)
/// + epsilon).
struct rmsprop {
    schedule learning_rate = 1e-3;
    double decay = 0.9;
    double epsilon = 1e-7;

    auto scalars(double step) const { return detail::optimizer_names::decay_scalars(*this, step); }
    static constexpr auto update = [] {
        using namespace detail::optimizer_names;
        namespace names = detail::optimizer_names;
        return rule<average_of_squares, (w = w - rate * g / (sqrt(v) + names::epsilon))>;
    }();
};

/// Duchi, Hazan and Singer 2011, with Keras's defaults: v = v + g^2, where v begins at `initial_accumulator`;
/// w = w - rate g / (sqrt(v) + epsilon).
struct adagrad {
    schedule learning_rate = 1e-3;
    double epsilon = 1e-7;
    double initial_accumulator = 0.1;

    auto scalars(double step) const {
        return bind(symbols::rate = learning_rate(step), detail::optimizer_names::epsilon = epsilon);
    }
    auto initial_states() const { return bind(detail::optimizer_names::v = initial_accumulator); }
    static constexpr auto update = [] {
        using namespace detail::optimizer_names;
        namespace names = detail::optimizer_names;
        return rule<(v = v + square(g)), (w = w - rate * g / (sqrt(v) + names::epsilon))>;
    }();
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::adagrad;
using bedrock::adamw;
using bedrock::rmsprop;
using bedrock::sgd;
using bedrock::sgd_momentum;
using bedrock::sgd_nesterov;
} // namespace strata

STRATA_HEADER_END
