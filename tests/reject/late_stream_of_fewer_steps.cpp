// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, conv<4, 3> cannot be in a stream: it makes another number of steps
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<64, 2> | conv<4, 3, same> | conv<4, 3>>;
#else
using network = model<input<64, 2> | conv<4, 3, same> | conv<4, 3, same>>;
#endif

void run(const network& net) { stream live{net, latency}; }
