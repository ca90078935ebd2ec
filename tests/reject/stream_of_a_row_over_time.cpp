// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, dense<4> cannot be in a stream: it looks at the whole sequence
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<10, 3> | reduce_mean<-1> | dense<4>>;
#else
using network = model<input<10, 3> | reduce_mean<-1> | tanh>;
#endif

void run(const network& net) { stream live{net}; }
