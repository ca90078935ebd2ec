// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, lstm<4> cannot be in a stream: it looks at the whole sequence
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<64, 2> | lstm<4, backwards>>;
#else
using network = model<input<64, 2> | lstm<4>>;
#endif

void run(const network& net) { stream live{net}; }
