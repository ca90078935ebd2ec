// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 2, global_average_pool cannot be in a stream: it looks at the whole sequence
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<64, 2> | relu | global_average_pool>;
#else
using network = model<input<64, 2> | relu | dense<3>>;
#endif

void run(const network& net) { stream live{net}; }
