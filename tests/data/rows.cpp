// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/rows.hpp>

#include "large_memory.hpp"
#include "says.hpp"

#include STRATA_XTENSOR(xview)

#include <cstdint>
#include <vector>

using strata::data_error;
using strata::take_rows;
using indices = std::vector<std::size_t>;

BOOST_AUTO_TEST_CASE(rows_of_arrays_of_any_kind) {
    const xt::xtensor<int, 3> array{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}, {{9, 10}, {11, 12}}};
    const xt::xtensor<int, 3> wanted{{{9, 10}, {11, 12}}, {{1, 2}, {3, 4}}, {{9, 10}, {11, 12}}};
    const indices chosen{2, 0, 2};
    static_assert(std::is_same_v<decltype(take_rows(array, chosen)), xt::xtensor<int, 3>>);
    BOOST_TEST((take_rows(array, chosen) == wanted));
    BOOST_TEST((take_rows(xt::xarray<int>(array), chosen) == wanted));
    BOOST_TEST((take_rows(xt::xtensor<int, 3, xt::layout_type::column_major>(array), chosen) == wanted));
    BOOST_TEST((take_rows(array * 2, chosen) == wanted * 2));
    BOOST_TEST((take_rows(xt::view(array, xt::all(), 1), chosen) == xt::view(wanted, xt::all(), 1)));
    BOOST_TEST((take_rows(xt::xtensor<double, 1>{1, 2, 3}, chosen) == xt::xtensor<double, 1>{3, 1, 3}));
}

BOOST_AUTO_TEST_CASE(no_rows) {
    const xt::xtensor<int, 2> array{{1, 2}};
    BOOST_TEST((take_rows(array, indices{}).shape() == std::array<std::size_t, 2>{0, 2}));
    const xt::xtensor<int, 2> empty(std::array<std::size_t, 2>{0, 2});
    BOOST_TEST((take_rows(empty, indices{}).shape() == std::array<std::size_t, 2>{0, 2}));
}

BOOST_AUTO_TEST_CASE(rows_that_do_not_exist) {
    const xt::xtensor<int, 2> array{{1, 2}, {3, 4}};
    BOOST_CHECK_EXCEPTION((void)take_rows(array, indices{0, 2}), data_error,
                          says("expected a row below 2, found 2"));
    BOOST_CHECK_EXCEPTION((void)strata::bedrock::row_count(xt::xarray<int>(1)), data_error,
                          says("found a single number"));
    BOOST_TEST(strata::bedrock::row_count(array) == 2u);
}

BOOST_AUTO_TEST_CASE(copies_of_many_rows_have_large_pages) {
    // Small pages of an array that long would each be looked up when rows are read in an order of chance.
    const auto array = xt::xtensor<std::uint8_t, 2>::from_shape({6, std::size_t{1} << 21});
    const auto copy = take_rows(array, indices{5, 1, 3, 2, 0});
    BOOST_TEST(has_large_pages(copy).value_or(true));
}
