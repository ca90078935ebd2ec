// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: from_logits cannot apply gelu.*its derivative.*is no formula of its result
#include <strata/strata.hpp>

using namespace strata;

using net = model<input<2> | dense<3>>;
#ifdef WRONG
void teach(net& network) { trainer teacher{network, from_logits<gelu>(mean_squared_error), sgd{}}; }
#else
void teach(net& network) { trainer teacher{network, from_logits<softplus>(mean_squared_error), sgd{}}; }
#endif
