// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: cannot take a mask in each step
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network =
    model<input<3, 4> | embedding<5, 2, mask_zero> | time_distributed(lstm<2>) | flatten | dense<1>>;
#else
using network = model<input<3, 4> | embedding<5, 2> | time_distributed(lstm<2>) | flatten | dense<1>>;
#endif

void run(const network& net, const std::vector<float>& x, std::vector<float>& y) {
    net.predict_batch(x.data(), y.data(), 1);
}
