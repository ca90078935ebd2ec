// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, dense<4>.*has the weights of layer 1.*its kernel would be 4 x 4.*that of layer 1 is 3 x 4
#include <strata/strata.hpp>

using namespace strata;

constexpr auto cell = shared_weights<"cell">(dense<4>);
#ifdef WRONG
model<input<3> | cell | cell> net;
#else
model<input<4> | cell | cell> net;
#endif
