// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/finite.hpp>
#include <strata/plot/figure.hpp>
#include <strata/raise.hpp>

#include <algorithm>

namespace strata::bedrock::inline STRATA_SETTING::plot {

/// The points of a regression on one feature, and the predictions for them as a line: [n] each.
/// `std::invalid_argument` for different lengths.
template <numbers X, numbers Y, numbers P>
figure fitted_line(const X& x, const Y& y, const P& predicted, std::string title = {}) {
    const std::vector<double> xs(std::ranges::begin(x), std::ranges::end(x));
    const std::vector<double> ps(std::ranges::begin(predicted), std::ranges::end(predicted));
    if (xs.size() != ps.size())
        bedrock::internal::raise(std::invalid_argument(bedrock::internal::concatenate(
            "plot: there are ", xs.size(), " x and ", ps.size(), " predictions")));
    std::vector<std::size_t> order; // what is not finite stands nowhere
    for (std::size_t i = 0; i < xs.size(); ++i)
        if (bedrock::internal::is_finite(xs[i]))
            order.push_back(i);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return xs[a] < xs[b]; });
    std::vector<double> line_x;
    std::vector<double> line_y;
    for (const std::size_t i : order) {
        line_x.push_back(xs[i]);
        line_y.push_back(ps[i]);
    }
    figure result(std::move(title));
    result.scatter(x, y, "data").line(line_x, line_y, "fitted");
    return result;
}

/// A dot for each row, at its actual and its predicted value, and the diagonal on which predictions are
/// right. Shapes and errors as of `fitted_line`.
template <numbers Y, numbers P>
figure predicted_against_actual(const Y& actual, const P& predicted, std::string title = {}) {
    figure result(std::move(title), {700, 700});
    result.axes("actual", "predicted").scatter(actual, predicted, "rows");
    std::vector<double> values(std::ranges::begin(actual), std::ranges::end(actual));
    std::erase_if(values, [](double value) { return !bedrock::internal::is_finite(value); });
    if (!values.empty()) {
        const auto [low, high] = std::minmax_element(values.begin(), values.end());
        const std::array<double, 2> ends{*low, *high};
        result.line(ends, ends, "predicted = actual");
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::plot

STRATA_HEADER_END
