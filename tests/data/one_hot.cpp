// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/one_hot.hpp>

#include "says.hpp"

#include STRATA_XTENSOR(xarray)

#include <cstdint>
#include <limits>

using strata::data_error;
using strata::one_hot;

BOOST_AUTO_TEST_CASE(a_one_at_each_label) {
    const xt::xtensor<std::uint8_t, 1> labels{2, 0, 1, 2};
    const auto ones = one_hot(labels, 4);
    static_assert(std::is_same_v<decltype(ones), const xt::xtensor<float, 2>>);
    BOOST_TEST((ones == xt::xtensor<float, 2>{{0, 0, 1, 0}, {1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}}));
    BOOST_TEST((one_hot<double>(xt::xarray<int>{1}, 2) == xt::xtensor<double, 2>{{0, 1}}));
    BOOST_TEST((one_hot(xt::xtensor<double, 1>{1, 0}, 2) == xt::xtensor<float, 2>{{0, 1}, {1, 0}}));
    BOOST_TEST((one_hot(labels - 0, 3).shape() == std::array<std::size_t, 2>{4, 3}));
    BOOST_TEST((one_hot(xt::xtensor<int, 1>(std::array<std::size_t, 1>{0}), 3).shape() ==
                std::array<std::size_t, 2>{0, 3}));
}

BOOST_AUTO_TEST_CASE(labels_out_of_range) {
    BOOST_CHECK_EXCEPTION((void)one_hot(xt::xtensor<std::uint8_t, 1>{0, 9, 10}, 10), data_error,
                          says("one_hot: expected whole labels below 10, found 10 at index 2"));
    BOOST_CHECK_EXCEPTION((void)one_hot(xt::xtensor<double, 1>{1.9999999}, 3), data_error,
                          says("one_hot: expected whole labels below 3, found 1.9999999 at index 0"));
    BOOST_CHECK_EXCEPTION((void)one_hot(xt::xtensor<int, 1>{0, -1}, 10), data_error,
                          says("found -1 at index 1"));
    BOOST_CHECK_EXCEPTION((void)one_hot(xt::xtensor<int, 1>{0}, 0), data_error,
                          says("below 0, found 0 at index 0"));
    for (const double label : {0.5, -1.0, 2.0, 1e300, std::numeric_limits<double>::quiet_NaN()})
        BOOST_CHECK_EXCEPTION((void)one_hot(xt::xtensor<double, 1>{1, label}, 2), data_error,
                              says("at index 1"));
    BOOST_CHECK_EXCEPTION((void)one_hot(xt::xtensor<int, 2>{{0, 1}}, 2), data_error,
                          says("expected labels of rank 1, found 1 x 2"));
    BOOST_CHECK_EXCEPTION((void)one_hot(xt::xtensor<int, 1>{0, 1}, std::numeric_limits<std::size_t>::max()),
                          data_error, says("fits into memory, found 2 x 18446744073709551615"));
}
