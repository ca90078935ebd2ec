// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: cannot be in a stream: it looks at the whole sequence
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<10, 3> | branches(identity, gru<4, last_step> | repeat_vector<10>) | concat<>>;
#else
using network = model<input<10, 3> | branches(identity, gru<4>) | concat<>>;
#endif

void run(const network& net) { stream live{net}; }
