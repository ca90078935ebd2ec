// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, dense<4>.*the shared part cell.*is frozen here or at layer 1.*but not at both
#include <strata/strata.hpp>

using namespace strata;

constexpr auto cell = shared_weights<"cell">(dense<4>);
#ifdef WRONG
model<input<4> | frozen_weights(cell) | cell> net;
#else
model<input<4> | frozen_weights(cell) | frozen_weights(cell)> net;
#endif
