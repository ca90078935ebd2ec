// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/array.hpp>

#include STRATA_XTENSOR(xarray)
#include STRATA_XTENSOR(xbuilder)
#include STRATA_XTENSOR(xmanipulation)

// With clang 19 and without the repair in array.hpp none of this compiles.
BOOST_AUTO_TEST_CASE(arrays_whose_rank_the_compiler_does_not_know) {
    const xt::xarray<double> array{{1, 2, 3}, {4, 5, 6}};
    BOOST_TEST((xt::xtensor<double, 2>(array * 2) == xt::xtensor<double, 2>{{2, 4, 6}, {8, 10, 12}}));
    BOOST_TEST((xt::transpose(array) == xt::xarray<double>{{1, 4}, {2, 5}, {3, 6}}));
    BOOST_TEST((xt::ones<double>({2, 3}) + array == xt::xarray<double>{{2, 3, 4}, {5, 6, 7}}));
    // More extents than the shape keeps in place.
    const xt::xarray<int> deep = xt::zeros<int>(std::vector<std::size_t>{1, 2, 1, 3, 1, 2});
    BOOST_TEST(deep.strides()[1] == 6);
    BOOST_TEST(deep.size() == 12u);
}
