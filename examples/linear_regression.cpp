// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The textbook's regressions: weights over heights, and the lab's five points; a picture of each.
#include "command_line.hpp"

#include <strata/layers/layers.hpp>
#include <strata/plot/fitted.hpp>
#include <strata/regression/linear_regression.hpp>

#include <cstdio>
#include <filesystem>

using namespace strata;

void learn(const given_options& options) {
    const std::filesystem::path directory = options.text("pictures");
    std::filesystem::create_directories(directory);

    const std::vector<double> heights{174, 152, 138, 128, 186};
    const std::vector<double> weights{71, 55, 46, 38, 88};
    linear_regression<1> reg;
    reg.fit(heights, weights);
    std::printf("weight = %.8f height %+.13f, score %.16f\n", reg.coef()(0), reg.intercept(),
                reg.score(heights, weights));
    std::printf("predicted for 178 cm: %.8f kg\n", reg.predict(std::array{178.0})(0));
    plot::fitted_line(heights, weights, reg.predict(heights), "Weight over height")
        .axes("height (cm)", "weight (kg)")
        .save(directory / "heights.png");

    const std::vector<double> x{1, 2, 3, 4, 5};
    const std::vector<double> y{1.0, 2.0, 1.6, 3.8, 2.3};
    reg.fit(x, y);
    std::printf("y = %.2f x %+.2f, score %.4f\n", reg.coef()(0), reg.intercept(), reg.score(x, y));
    plot::fitted_line(x, y, reg.predict(x), "The lab's points").axes("x", "y").save(directory / "lab.png");
    std::printf("pictures: %s, %s\n", (directory / "heights.png").c_str(), (directory / "lab.png").c_str());
}

int main(int count, char** arguments) {
    return run_example(count, arguments, "Fits a line to points and draws both.",
                       {{"pictures", "directory of the pictures", "pictures"}}, learn);
}
