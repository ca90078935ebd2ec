// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/table.hpp>

#include "says.hpp"

using matrix = xt::xtensor<double, 2>;
using strata::data_error;

namespace {
const strata::bedrock::table people{
    .file = "people.csv", .names = {"age", "height", "weight"}, .values = {{1, 2, 3}, {4, 5, 6}}};
}

BOOST_AUTO_TEST_CASE(choosing_columns) {
    BOOST_TEST((people.column("height") == xt::xtensor<double, 1>{2, 5}));
    BOOST_TEST((people.columns({"weight", "age"}) == matrix{{3, 1}, {6, 4}}));
    BOOST_TEST((people.columns({"weight"}) == matrix{{3}, {6}}));
    BOOST_TEST((people.drop("height") == matrix{{1, 3}, {4, 6}}));
    BOOST_TEST((people.drop({"height"}) == matrix{{1, 3}, {4, 6}}));
    BOOST_TEST((people.drop({"age", "weight"}) == matrix{{2}, {5}}));
    BOOST_TEST((people.drop({"age", "height", "weight"}).shape() == std::array<std::size_t, 2>{2, 0}));
    const std::string name = "age";
    BOOST_TEST((people.drop(name) == people.drop("age")));
}

BOOST_AUTO_TEST_CASE(columns_that_do_not_exist) {
    const auto message =
        says("people.csv: expected a column \"size\", found only \"age\", \"height\", \"weight\"");
    BOOST_CHECK_EXCEPTION((void)people.column("size"), data_error, message);
    BOOST_CHECK_EXCEPTION((void)people.columns({"age", "size"}), data_error, message);
    BOOST_CHECK_EXCEPTION((void)people.drop("size"), data_error, message);
    BOOST_CHECK_EXCEPTION((void)strata::bedrock::table{}.column("a"), data_error, says("found no columns"));
}
