// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Boost.Test without its library, for processors that it is not installed for: this folder comes before Boost's own.
#ifndef STRATA_TESTS_HEADER_ONLY
#    define STRATA_TESTS_HEADER_ONLY
#    include <boost/test/included/unit_test.hpp> // which comes back for the rest
#else
#    include_next <boost/test/unit_test.hpp>
#endif
