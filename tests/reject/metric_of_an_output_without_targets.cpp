// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the metric mean_absolute_error.*cannot read the targets of smallness.*it has none
#include <strata/strata.hpp>

using namespace strata;

constexpr auto smallness = loss<"smallness", square(symbols::prediction)>;
using network = model<input<1> | dense<1>>;

#ifdef WRONG
void run(network& net) { trainer teach{net, smallness, sgd{}, metrics::mean_absolute_error}; }
#else
void run(network& net) { trainer teach{net, smallness, sgd{}}; }
#endif
