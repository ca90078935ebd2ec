// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/observations.hpp>
#include <strata/learning/determination.hpp>
#include <strata/raise.hpp>
#include <strata/regression/one_layer.hpp>
#include <strata/setting.hpp>

#include <strata/data/array.hpp>

#include <cstddef>
#include <type_traits>

/// What an estimator shows of its one-layer network.
namespace strata::bedrock::inline STRATA_SETTING::internal {

template <std::size_t Outputs, class Model>
auto coefficients(const Model& net) {
    using value = typename Model::value_type;
    constexpr std::size_t inputs = Model::input_size;
    const auto weights = net.weights();
    if constexpr (Outputs == 1) {
        auto result = xt::xtensor<value, 1>::from_shape({inputs});
        for (std::size_t j = 0; j < inputs; ++j)
            result(j) = weights[j];
        return result;
    } else {
        auto result = xt::xtensor<value, 2>::from_shape({Outputs, inputs});
        for (std::size_t t = 0; t < Outputs; ++t)
            for (std::size_t j = 0; j < inputs; ++j)
                result(t, j) = weights[j * Outputs + t];
        return result;
    }
}

/// Visits the weights of a network as a part of an estimator's state.
template <class Model, class Visit>
void visit_weights(Model& net, Visit& visit) {
    auto weights = net.weights();
    visit("weights", weights, weights.size());
    if constexpr (!std::is_const_v<Model>)
        net.set_weights(weights);
}

template <std::size_t Outputs, class Model>
auto intercepts(const Model& net) {
    using value = typename Model::value_type;
    const auto weights = net.weights();
    const auto intercept = [&](std::size_t t) {
        return has_intercept<Model> ? weights[Model::input_size * Outputs + t] : value(0);
    };
    if constexpr (Outputs == 1)
        return intercept(0);
    else {
        auto result = xt::xtensor<value, 1>::from_shape({Outputs});
        for (std::size_t t = 0; t < Outputs; ++t)
            result(t) = intercept(t);
        return result;
    }
}

template <std::size_t Outputs, class Model>
auto predictions(const Model& net, const samples& x) {
    using value = typename Model::value_type;
    const observations<value> rows(x, Model::input_size, "predict: X");
    if constexpr (Outputs == 1) {
        auto result = xt::xtensor<value, 1>::from_shape({rows.rows()});
        net.predict_batch(rows.data(), result.data(), rows.rows());
        return result;
    } else {
        auto result = xt::xtensor<value, 2>::from_shape({rows.rows(), Outputs});
        net.predict_batch(rows.data(), result.data(), rows.rows());
        return result;
    }
}

template <std::size_t Outputs, class Model>
double r_squared(const Model& net, const samples& x, const samples& y) {
    using value = typename Model::value_type;
    const auto predicted = predictions<Outputs>(net, x);
    const observations<value> targets(y, Outputs, "score: y");
    const std::size_t rows = targets.rows();
    if (predicted.size() != rows * Outputs)
        raise(std::invalid_argument(
            concatenate("score: X has ", predicted.size() / Outputs, " rows, y has ", rows)));
    double sum = 0;
    for (std::size_t t = 0; t < Outputs; ++t) {
        long double mean = 0;
        for (std::size_t i = 0; i < rows; ++i)
            mean += static_cast<long double>(targets.row(i)[t]);
        mean /= static_cast<long double>(rows);
        long double residual_squares = 0;
        long double total_squares = 0;
        for (std::size_t i = 0; i < rows; ++i) {
            const auto target = static_cast<long double>(targets.row(i)[t]);
            const long double error = target - static_cast<long double>(predicted.data()[i * Outputs + t]);
            residual_squares += error * error;
            total_squares += (target - mean) * (target - mean);
        }
        sum +=
            detail::determination(static_cast<double>(residual_squares), static_cast<double>(total_squares));
    }
    return sum / static_cast<double>(Outputs);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
