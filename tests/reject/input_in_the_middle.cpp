// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: an input after 2 others.*a topology has one, at its head
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<4> | dense<3> | input<3>;
#else
constexpr auto net = input<4> | dense<3> | dense<3>;
#endif
