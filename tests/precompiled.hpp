// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What most suites include. It is compiled once in each configuration, since reading it takes longer than
// compiling most suites does.
#pragma once

#include <strata/strata.hpp>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
