// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, masking cannot take 6.*it accepts steps of features
#include <strata/layers/layers.hpp>
using namespace strata;

#ifdef WRONG
constexpr auto network = input<6> | dense<6> | masking<>;
#else
constexpr auto network = input<6> | dense<6> | reshape<2, 3> | masking<>;
#endif
