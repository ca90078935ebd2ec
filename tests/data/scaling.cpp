// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/mpl/list.hpp>
#include <boost/test/unit_test.hpp>

#include <strata/data/scaling.hpp>

#include "says.hpp"

#include STRATA_XTENSOR(xarray)
#include STRATA_XTENSOR(xview)

#include <cmath>
#include <limits>
#include <vector>

using strata::data_error;
using strata::min_max_scaler;
using strata::standard_scaler;
using matrix = xt::xtensor<double, 2>;
using scalers = boost::mpl::list<standard_scaler, min_max_scaler>;

namespace {
bool is_close(const matrix& a, const matrix& b, double tolerance) {
    bool good = a.shape() == b.shape();
    for (std::size_t i = 0; good && i < a.size(); ++i)
        good = std::abs(a.data()[i] - b.data()[i]) <= tolerance;
    return good;
}
const matrix small{{1, 10, -5}, {2, 30, -5}, {3, 50, -5}, {6, 70, -5}};
} // namespace

BOOST_AUTO_TEST_CASE(mean_and_deviation) {
    standard_scaler scaler;
    const auto scaled = scaler.fit_transform(small);
    BOOST_TEST((scaler.mean() == xt::xtensor<double, 1>{3, 40, -5}));
    BOOST_TEST(scaler.scale()(0) == std::sqrt(3.5), boost::test_tools::tolerance(1e-15));
    BOOST_TEST(scaler.scale()(1) == std::sqrt(500.0), boost::test_tools::tolerance(1e-15));
    const double a = std::sqrt(3.5), b = std::sqrt(500.0);
    BOOST_TEST(is_close(
        scaled, {{-2 / a, -30 / b, 0}, {-1 / a, -10 / b, 0}, {0, 10 / b, 0}, {3 / a, 30 / b, 0}}, 1e-15));
    BOOST_TEST(is_close(scaler.transform(matrix{{3, 40, -4}}), {{0, 0, 1}}, 0));
}

BOOST_AUTO_TEST_CASE(least_and_greatest) {
    min_max_scaler scaler;
    BOOST_TEST(is_close(scaler.fit_transform(small),
                        {{0, 0, 0}, {0.2, 1.0 / 3, 0}, {0.4, 2.0 / 3, 0}, {1, 1, 0}}, 1e-15));
    BOOST_TEST((scaler.minimum() == xt::xtensor<double, 1>{1, 10, -5}));
    BOOST_TEST((scaler.range() == xt::xtensor<double, 1>{5, 60, 1}));
    min_max_scaler wide{-1, 3};
    const auto scaled = wide.fit_transform(small);
    BOOST_TEST((scaled(0, 0) == -1 && scaled(3, 0) == 3 && scaled(0, 2) == -1));
    BOOST_TEST(is_close(wide.inverse_transform(scaled), small, 1e-13));
}

BOOST_AUTO_TEST_CASE(columns_that_are_constant_but_for_rounding) {
    matrix array(std::array<std::size_t, 2>{1000, 2}, 0.1);
    for (std::size_t i = 0; i < 1000; ++i)
        array(i, 1) = i % 2 == 0 ? 1e-9 : 3e-9; // small is not constant
    standard_scaler scaler;
    scaler.fit(array);
    BOOST_TEST(scaler.scale()(0) == 1.0);
    BOOST_TEST(scaler.scale()(1) == 1e-9, boost::test_tools::tolerance(1e-12));
    min_max_scaler other;
    BOOST_TEST(other.fit(array).range()(0) == 1.0);
    BOOST_TEST(other.range()(1) == 2e-9, boost::test_tools::tolerance(1e-12));
    // One row: everything is constant.
    BOOST_TEST((scaler.fit(matrix{{7, 8}}).scale() == xt::xtensor<double, 1>{1, 1}));
}

BOOST_AUTO_TEST_CASE(deviations_much_smaller_than_the_mean) {
    const matrix far{{1e9 + 4}, {1e9 + 7}, {1e9 + 13}, {1e9 + 16}};
    standard_scaler scaler;
    BOOST_TEST(scaler.fit(far).scale()(0) == std::sqrt(22.5), boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(inverse_of_transform, scaler_type, scalers) {
    scaler_type scaler;
    const auto scaled = scaler.fit_transform(small);
    BOOST_TEST(is_close(scaler.inverse_transform(scaled), small, 1e-13));
    BOOST_TEST(is_close(scaler.transform(small), scaled, 0));
    // A second fit forgets the first.
    scaler.fit(small * 2 + 1);
    BOOST_TEST(is_close(scaler.transform(small * 2 + 1), scaled, 1e-15));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_arrays_own_floating_type, scaler_type, scalers) {
    scaler_type scaler;
    const xt::xtensor<float, 2> floats = small;
    const auto scaled = scaler.fit_transform(floats);
    static_assert(std::is_same_v<decltype(scaled), const xt::xtensor<float, 2>>);
    BOOST_TEST(is_close(scaled, scaler.transform(small), 1e-6));
    const auto scaled_integers = scaler.fit_transform(xt::xarray<int>(small));
    static_assert(std::is_same_v<decltype(scaled_integers), const matrix>);
    BOOST_TEST(is_close(scaled_integers, scaler.transform(small), 0));
    static_assert(std::is_same_v<decltype(scaler.inverse_transform(floats)), xt::xtensor<float, 2>>);
    // Views and other layouts hold the same numbers.
    const xt::xtensor<double, 2, xt::layout_type::column_major> columns = small;
    BOOST_TEST(is_close(scaler.transform(columns), scaled_integers, 0));
    BOOST_TEST(is_close(scaler.transform(xt::view(small, xt::range(1, 3), xt::all())),
                        xt::view(scaled_integers, xt::range(1, 3), xt::all()), 0));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_single_column_may_lack_its_axis, scaler_type, scalers) {
    const xt::xtensor<double, 1> column{1, 2, 3, 6};
    const matrix same{{1}, {2}, {3}, {6}};
    scaler_type scaler;
    const auto scaled = scaler.fit_transform(column);
    static_assert(std::is_same_v<decltype(scaled), const xt::xtensor<double, 1>>);
    scaler_type other;
    const auto wanted = other.fit_transform(same);
    BOOST_TEST(std::equal(scaled.begin(), scaled.end(), wanted.begin(), wanted.end()));
    const auto back = scaler.inverse_transform(scaled);
    for (std::size_t i = 0; i < 4; ++i)
        BOOST_TEST(std::abs(back(i) - column(i)) <= 1e-14);
    // An array whose type does not tell its rank becomes a matrix.
    BOOST_TEST(is_close(scaler.transform(xt::xarray<double>(column)), wanted, 0));
    // Three numbers are three rows, not a row of three columns.
    other.fit(small);
    BOOST_CHECK_EXCEPTION((void)other.transform(xt::xtensor<double, 1>{1, 2, 3}), data_error,
                          says("transform: expected 3 columns as in fit, found 1"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_of_weight_zero_are_as_if_absent, scaler_type, scalers) {
    matrix more{{1, 10, -5}, {1e9, std::nan(""), 7}, {2, 30, -5}, {3, 50, -5}, {6, 70, -5}};
    scaler_type scaler;
    scaler.fit(more, std::vector<double>{2, 0, 2, 2, 2});
    scaler_type other;
    other.fit(small);
    BOOST_TEST(is_close(scaler.transform(small), other.transform(small), 1e-15));
}

BOOST_AUTO_TEST_CASE(means_and_deviations_are_weighted) {
    standard_scaler scaler;
    scaler.fit(small, std::vector<int>{1, 2, 1, 1});
    standard_scaler other;
    other.fit(matrix{{1, 10, -5}, {2, 30, -5}, {2, 30, -5}, {3, 50, -5}, {6, 70, -5}});
    BOOST_TEST(is_close(scaler.transform(small), other.transform(small), 1e-15));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(errors, scaler_type, scalers) {
    scaler_type scaler;
    BOOST_CHECK_EXCEPTION((void)scaler.transform(small), data_error,
                          says("scaler, transform: expected a call of fit before"));
    BOOST_CHECK_EXCEPTION((void)scaler.inverse_transform(small), data_error,
                          says("inverse_transform: expected a call"));
    for (const double bad :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        auto broken = small;
        broken(2, 1) = bad;
        BOOST_CHECK_EXCEPTION(scaler.fit(broken), data_error,
                              says({"fit: expected finite numbers, found", "in row 2, column 1"}));
        // A fit that fails leaves the scaler as it was.
        BOOST_CHECK_EXCEPTION((void)scaler.transform(small), data_error, says("a call of fit"));
    }
    BOOST_CHECK_EXCEPTION(scaler.fit(matrix(std::array<std::size_t, 2>{0, 3})), data_error,
                          says("expected a row at least"));
    BOOST_CHECK_EXCEPTION(
        scaler.fit(xt::xarray<double>{{{1, 2}}}), data_error,
        says("expected an array of shape [rows, columns], or [rows] of one column, found 1 x 1 x 2"));
    BOOST_CHECK_EXCEPTION(scaler.fit(small, std::vector<double>{1, 2}), data_error,
                          says("expected 4 weights, one for each row"));
    BOOST_CHECK_EXCEPTION(scaler.fit(small, std::vector<double>{1, 2, -1, 3}), data_error,
                          says({"expected finite weights, none below 0, found -1", "in row 2"}));
    BOOST_CHECK_EXCEPTION(scaler.fit(small, std::vector<double>{0, 0, 0, 0}), data_error,
                          says("expected a row at least whose weight is above 0, found none"));
    BOOST_CHECK_EXCEPTION(scaler.fit(matrix{{1.7e308}, {-1.7e308}}), data_error, says("column 0"));

    scaler.fit(small);
    BOOST_CHECK_EXCEPTION((void)scaler.transform(matrix{{1, 2}}), data_error,
                          says("transform: expected 3 columns as in fit, found 2"));
    auto broken = small;
    broken(3, 0) = std::numeric_limits<double>::quiet_NaN();
    BOOST_CHECK_EXCEPTION((void)scaler.transform(broken), data_error, says("in row 3, column 0"));
}

BOOST_AUTO_TEST_CASE(errors_of_their_own) {
    BOOST_CHECK_EXCEPTION((void)standard_scaler{}.mean(), data_error,
                          says("standard_scaler, mean: expected a call"));
    BOOST_CHECK_EXCEPTION((void)min_max_scaler{}.range(), data_error,
                          says("min_max_scaler, range: expected a call"));
    BOOST_CHECK_EXCEPTION(min_max_scaler(1, 1), data_error, says("low < high"));
    BOOST_CHECK_THROW(min_max_scaler(0, std::numeric_limits<double>::infinity()), data_error);
}
