// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 5, multiply cannot take different masks.*it accepts values with one mask, or without
#include <strata/layers/layers.hpp>
using namespace strata;

#ifdef WRONG
constexpr auto network =
    inputs(input<8, 2>, input<8, 2>) | branches(masking<>, masking<>) | multiply | lstm<4>;
#else
constexpr auto network = inputs(input<8, 2>, input<8, 2>) | branches(masking<>, masking<>) | add | lstm<4>;
#endif
