// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: a stream cannot take 64 it takes steps of features
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<64> | dense<4>>;
#else
using network = model<input<1, 64> | dense<4>>;
#endif

void run(const network& net) { stream live{net}; }
