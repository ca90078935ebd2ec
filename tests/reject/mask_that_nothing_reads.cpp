// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, mask of steps.*nothing reads it:.*no layer behind it, and no loss
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<5, 3> | masking<> | flatten | dense<2>>;
#else
using network = model<input<5, 3> | masking<> | lstm<4> | flatten | dense<2>>;
#endif
static_assert(network::parameter_count > 0);
