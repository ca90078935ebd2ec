// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: simple_rnn has no gates
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<5, 2> | simple_rnn<4, recurrent<hard_sigmoid>, last_step> | dense<1>>;
#else
using network = model<input<5, 2> | simple_rnn<4, hard_sigmoid, last_step> | dense<1>>;
#endif

void run(const network& net, const std::vector<float>& x, std::vector<float>& y) {
    net.predict_batch(x.data(), y.data(), 1);
}
