// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect at first: (missing template arguments before '\('|variable template 'input' requires).*input\(4\)
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input(4) | dense<3> | softmax;
#else
constexpr auto net = input<4> | dense<3> | softmax;
#endif
