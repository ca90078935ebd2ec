// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 3, dense<4>.*the shared part cell.*is another fragment than at layer 1
#include <strata/strata.hpp>

using namespace strata;

constexpr auto one = shared_weights<"cell">(dense<4> | relu);
#ifdef WRONG
constexpr auto other = shared_weights<"cell">(dense<4> | sigmoid);
#else
constexpr auto other = shared_weights<"cell">(dense<4> | relu);
#endif
model<input<4> | one | other> net;
