// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the loss dice cannot take a mask.*it looks at all rows together
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<8, 2> | masking<> | dense<4> | sigmoid>;
#else
using network = model<input<8, 2> | masking<> | lstm<4, last_step> | sigmoid>;
#endif

void run(network& net) { trainer teach{net, dice, adam{}}; }
