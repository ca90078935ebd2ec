// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The program that all suites are linked with.
#define BOOST_TEST_MODULE strata
#include <boost/test/unit_test.hpp>
