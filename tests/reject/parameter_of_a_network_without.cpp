// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the name dense.kernel is that of no parameter of the network it has none
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

using namespace strata;

#ifdef WRONG
auto kernel = model<input<8> | relu>{}.parameter<"dense.kernel">().values();
#else
auto kernel = model<input<8> | dense<2>>{}.parameter<"dense.kernel">().values();
#endif
