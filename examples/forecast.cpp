// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// How many spots will the sun have next year? Recurrent networks that read the years before, whose mean is
// the forecast since a few hundred years leave much to chance, beside an autoregression and "as many as last
// year"; then they go on with what they have forecast themselves.
#include "command_line.hpp"

#include <strata/data/csv.hpp>
#include <strata/plot/figure.hpp>
#include <strata/regression/linear_regression.hpp>
#include <strata/strata.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace strata;

constexpr std::size_t years_read = 22; ///< two cycles of the sun
using forecaster = model<input<years_read, 1> | gru<16, last_step> | dropout<0.2> | dense<1>>;

/// Counts are of very different sizes; their roots vary alike in each year.
float scaled(double spots) { return static_cast<float>(std::sqrt(spots) / 5 - 1); }
double unscaled(float number) { return std::pow(std::max(5 * (static_cast<double>(number) + 1), 0.0), 2); }

/// For each year from number `first` on, the years before it, and its own number.
struct windows {
    xt::xtensor<float, 3> x;
    xt::xtensor<float, 1> y;

    windows(const xt::xtensor<double, 1>& spots, std::size_t first, std::size_t last)
        : x(std::array<std::size_t, 3>{last - first, years_read, 1}),
          y(std::array<std::size_t, 1>{last - first}) {
        for (std::size_t i = 0; i < y.size(); ++i) {
            for (std::size_t t = 0; t < years_read; ++t)
                x(i, t, 0) = scaled(spots(first + i - years_read + t));
            y(i) = scaled(spots(first + i));
        }
    }
    /// The same for a regression of doubles.
    [[nodiscard]] xt::xtensor<double, 2> rows() const {
        xt::xtensor<double, 2> result(std::array{y.size(), years_read});
        std::copy(x.begin(), x.end(), result.begin());
        return result;
    }
};

/// The root of the mean square of the errors, in spots.
template <class Forecast>
double error_of(const xt::xtensor<double, 1>& spots, std::size_t first, const Forecast& forecast) {
    double sum = 0;
    for (std::size_t year = first; year < spots.size(); ++year)
        sum += std::pow(forecast(year) - spots(year), 2);
    return std::sqrt(sum / static_cast<double>(spots.size() - first));
}

void learn(const given_options& options) {
    const table data = read_csv(options.text("csv"));
    const auto years = data.column("YEAR");
    const auto spots = data.column("SUNACTIVITY");
    const std::size_t tested = options.positive_count("test");
    if (spots.size() < 2 * years_read + tested)
        throw std::invalid_argument(options.text("csv") + ": there are too few years");
    const std::size_t first = spots.size() - tested;
    const windows train(spots, years_read, first);
    const windows test(spots, first, spots.size());

    linear_regression<years_read> regression;
    regression.fit(train.rows(), train.y);
    const auto regressed = regression.predict(test.rows());

    std::vector<forecaster> nets;
    std::puts(forecaster::summary().c_str());
    for (std::size_t i = 0; i < options.positive_count("networks"); ++i) {
        nets.emplace_back(seed{options.count("seed") + i});
        trainer{nets.back(), mean_squared_error, adam{.learning_rate = 0.005}}.fit(
            train.x, train.y,
            {.batch_size = 16, .epochs = options.count("epochs"), .verbose = verbosity::silent});
    }
    const auto mean_of = [&](const auto& forecast) {
        double sum = 0;
        for (const forecaster& net : nets)
            sum += static_cast<double>(forecast(net));
        return unscaled(static_cast<float>(sum / static_cast<double>(nets.size())));
    };
    std::vector<double> answers;
    for (std::size_t i = 0; i < tested; ++i)
        answers.push_back(mean_of([&](const forecaster& net) {
            return net.predict(std::span<const float, years_read>(&test.x(i, 0, 0), years_read))[0];
        }));

    std::printf("the last %zu years, errors in spots (root of the mean square):\n", tested);
    std::printf("  as many as last year  %5.1f\n",
                error_of(spots, first, [&](std::size_t year) { return spots(year - 1); }));
    std::printf("  autoregression        %5.1f\n", error_of(spots, first, [&](std::size_t year) {
                    return unscaled(static_cast<float>(regressed(year - first)));
                }));
    std::printf("  recurrent networks    %5.1f\n",
                error_of(spots, first, [&](std::size_t year) { return answers[year - first]; }));

    // What they forecast becomes what they read.
    std::vector<double> known(years.begin(), years.end());
    const std::vector<double> seen(known.end() - static_cast<std::ptrdiff_t>(tested), known.end());
    std::vector<float> past;
    for (std::size_t i = spots.size() - years_read; i < spots.size(); ++i)
        past.push_back(scaled(spots(i)));
    std::vector<double> future_years;
    std::vector<double> future;
    for (std::size_t i = 0; i < years_read; ++i) {
        const std::span<const float, years_read> read(past.end() - years_read, past.end());
        future.push_back(mean_of([&](const forecaster& net) { return net.predict(read)[0]; }));
        future_years.push_back(known.back() + static_cast<double>(i + 1));
        past.push_back(scaled(future.back()));
    }
    const auto peak = std::max_element(future.begin(), future.end());
    std::printf("their next maximum: %.0f spots in %.0f\n", *peak,
                future_years[static_cast<std::size_t>(peak - future.begin())]);

    const std::string& picture = options.text("picture");
    plot::figure{"Sunspots"}
        .axes("year", "spots")
        .line(known, spots, "counted")
        .line(seen, answers, "forecast from the years before")
        .line(future_years, future, "forecast from forecasts")
        .save(picture);
    std::printf("picture: %s\n", picture.c_str());
}

int main(int count, char** arguments) {
    return run_example(count, arguments, "Forecasts sunspots by recurrent networks.",
                       {{"csv", "file with the columns YEAR and SUNACTIVITY",
                         "/usr/lib/python3/dist-packages/statsmodels/datasets/sunspots/sunspots.csv"},
                        {"test", "years that it does not learn from", "60"},
                        {"epochs", "passes over the years", "30"},
                        {"networks", "networks, whose mean is the forecast", "10"},
                        {"picture", "where the picture goes", "forecast.png"},
                        {"seed", "draws the first weights", "7"}},
                       learn);
}
