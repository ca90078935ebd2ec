// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 3, batch_norm cannot take a mask.*it accepts values without one, or stands before the mask
#include <strata/layers/layers.hpp>
using namespace strata;

#ifdef WRONG
constexpr auto network = input<8, 2> | masking<> | batch_norm<> | lstm<4>;
#else
constexpr auto network = input<8, 2> | masking<> | frozen_weights(batch_norm<>) | lstm<4>;
#endif
