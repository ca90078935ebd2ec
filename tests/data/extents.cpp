// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include <boost/test/unit_test.hpp>

#include <strata/data/extents.hpp>

#include <vector>

using strata::bedrock::internal::byte_count;
using strata::bedrock::internal::extents_text;
using extents = std::vector<std::uint64_t>;

BOOST_AUTO_TEST_CASE(extents_as_text) {
    BOOST_TEST(extents_text(extents{60000, 28, 28}) == "60000 x 28 x 28");
    BOOST_TEST(extents_text(extents{5}) == "5");
    BOOST_TEST(extents_text(extents{}) == "()");
}

BOOST_AUTO_TEST_CASE(products_that_fit) {
    BOOST_TEST(*byte_count(extents{2, 3}, 4) == 24u);
    BOOST_TEST(*byte_count(extents{}, 8) == 8u);
    BOOST_TEST(*byte_count(extents{0, 3}, 4) == 0u);
    BOOST_TEST(*byte_count(extents{(1ull << 62) - 1}, 2) == (1ull << 63) - 2);
}

BOOST_AUTO_TEST_CASE(products_that_do_not_fit) {
    BOOST_TEST(!byte_count(extents{1ull << 62}, 2));
    BOOST_TEST(!byte_count(extents{1ull << 32, 1ull << 32}, 1));
    BOOST_TEST(!byte_count(extents{~0ull}, 1));
    // An empty array still has strides.
    BOOST_TEST(!byte_count(extents{0, 1ull << 32, 1ull << 32}, 1));
    BOOST_TEST(!byte_count(extents{1ull << 32, 1ull << 32, 0}, 1));
}
