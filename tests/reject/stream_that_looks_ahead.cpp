// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, conv<4, 3> cannot be in a stream: it looks 1 step ahead
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<64, 2> | dense<8> | conv<4, 3, same>>;
#else
using network = model<input<64, 2> | dense<8> | conv<4, 3, causal>>;
#endif

void run(const network& net) { stream live{net}; }
