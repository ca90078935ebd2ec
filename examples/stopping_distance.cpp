// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// How far a car goes until it stands: a pipeline that scales, adds squares and products, and regresses. It is
// cross-validated as a whole beside a regression without the squares, saved, and loaded to predict.
#include "command_line.hpp"

#include <strata/data/polynomial_features.hpp>
#include <strata/data/scaling.hpp>
#include <strata/io/estimator_file.hpp>
#include <strata/layers/layers.hpp>
#include <strata/regression/linear_regression.hpp>
#include <strata/selection/cross_validate.hpp>
#include <strata/selection/pipeline.hpp>

#include <array>
#include <cstdio>

using namespace strata;

void learn(const given_options& options) {
    const std::size_t rows = options.count("rows");
    using strata::bedrock::draw_purpose;
    strata::bedrock::random_sequence random(seed{options.count("seed")}, draw_purpose::split);
    auto x = xt::xtensor<double, 2>::from_shape({rows, 3}); // km/h, seconds to react, friction of the road
    auto y = xt::xtensor<double, 1>::from_shape({rows});
    for (std::size_t i = 0; i < rows; ++i) {
        x(i, 0) = 20 + 110 * random.uniform();
        x(i, 1) = 0.5 + random.uniform();
        x(i, 2) = 0.4 + 0.5 * random.uniform();
        const double speed = x(i, 0) / 3.6;
        y(i) = speed * x(i, 1) + speed * speed / (2 * 9.81 * x(i, 2)) + 2 * random.uniform() - 1;
    }

    // Each fold fits the scaler, too, to its own training rows.
    pipeline plain{input<3>, standard_scaler{}, linear_regression{}};
    pipeline curved{input<3>, standard_scaler{}, polynomial_features<3>{}, linear_regression{}};
    const auto folds = k_fold(rows, {.folds = options.count("folds"), .shuffle = true});
    const least_squares_options ridge{.l2 = options.number<double>("l2")};
    const auto straight = cross_validate(plain, x, y, folds, ridge);
    const auto bent = cross_validate(curved, x, y, folds, ridge);
    std::printf("R^2 in %zu folds: %.4f +- %.4f, with squares and cubes %.4f +- %.4f\n", folds.size(),
                straight.mean(), straight.standard_deviation(), bent.mean(), bent.standard_deviation());

    const std::string& file = options.text("file");
    curved.fit(x, y, ridge);
    curved.save(file);
    decltype(curved) loaded;
    loaded.load(file);
    std::printf("%s: %s\n", file.c_str(), loaded.description().c_str());
    for (const std::array<double, 3> car : {std::array{50.0, 1.0, 0.8}, std::array{100.0, 1.0, 0.8}})
        std::printf("at %.0f km/h it goes %.1f m\n", car[0], loaded.predict(car)(0));
}

int main(int count, char** arguments) {
    return run_example(count, arguments, "Learns how far a car goes until it stands, by a pipeline.",
                       {{"rows", "how many measurements", "300"},
                        {"seed", "draws the measurements", "1"},
                        {"folds", "parts of the cross-validation", "5"},
                        {"l2", "penalty on squared weights", "0.01"},
                        {"file", "where the pipeline is saved", "stopping_distance.strata"}},
                       learn);
}
