// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// A linear regression of one column of a CSV file on all others: cross-validated, with a table of the
// coefficients and their statistics, and a picture of the predicted against the actual values.
#include "command_line.hpp"

#include <strata/data/csv.hpp>
#include <strata/layers/layers.hpp>
#include <strata/plot/fitted.hpp>
#include <strata/regression/linear_regression.hpp>
#include <strata/regression/statistics.hpp>
#include <strata/selection/cross_validate.hpp>

#include <cstdio>
#include <utility>

using namespace strata;

/// The number of features is a part of the type; a file tells it at run time. So there is a regression for
/// each.
constexpr std::size_t max_features = 12;

template <std::size_t F>
void regress(const table& data, const given_options& options) {
    const std::string& target = options.text("target");
    const xt::xtensor<double, 2> x = data.drop(target);
    const xt::xtensor<double, 1> y = data.column(target);
    std::vector<std::string> names;
    for (const auto& name : data.names)
        if (name != target)
            names.push_back(name);

    linear_regression<F> reg;
    reg.fit(x, y);
    std::printf("%zu rows, %zu features, of which %zu are independent; condition number %.3g\n\n", y.size(),
                F, reg.rank(), reg.condition());
    std::fputs(to_string(statistics_of(reg.network(), x, y), names).c_str(), stdout);

    const auto folds = k_fold(y.size(), {.folds = options.count("folds"), .shuffle = true});
    const auto validation = cross_validate(
        [](const auto& fold_x, const auto& fold_y) { return linear_regression<F>{}.fit(fold_x, fold_y); }, x,
        y, folds);
    std::printf("\nR^2 in %zu folds: %.4f +- %.4f\n", folds.size(), validation.mean(),
                validation.standard_deviation());

    const std::string& picture = options.text("picture");
    plot::predicted_against_actual(y, reg.predict(x), target).save(picture);
    std::printf("picture: %s\n", picture.c_str());
}

void learn(const given_options& options) {
    const table data = read_csv(options.text("csv"));
    static_cast<void>(data.column(options.text("target"))); // names the columns that there are
    const std::size_t features = data.column_count() - 1;
    const bool found = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return ((features == I + 1 && (regress<I + 1>(data, options), true)) || ...);
    }
    (std::make_index_sequence<max_features>{});
    if (!found)
        throw std::invalid_argument(options.text("csv") + ": expected 1 to " + std::to_string(max_features) +
                                    " columns beside the target, found " + std::to_string(features));
}

int main(int count, char** arguments) {
    return run_example(count, arguments, "Regresses a column of a CSV file on all others.",
                       {{"csv", "a file with a line of names", "examples/longley.csv"},
                        {"target", "the name of the column to predict", "employed"},
                        {"folds", "parts of the cross-validation", "4"},
                        {"picture", "a .png or .svg file", "regression_csv.png"}},
                       learn);
}
