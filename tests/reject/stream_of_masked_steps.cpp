// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 3, lstm<4> masked cannot be in a stream: it reads a mask, and a live stream has no padding
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<8, 2> | masking<> | lstm<4>>;
#else
using network = model<input<8, 2> | masking<> | dense<4>>;
#endif

void run(const network& net) { stream live{net}; }
