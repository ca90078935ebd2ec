// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: strata: expected a formula of strata::symbols, such as x \* tanh\(x\)
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto mine = loss<"mine", 3>;
#else
constexpr auto mine = loss<"mine", square(symbols::prediction - 3)>;
#endif
void teach(model<input<2> | dense<1>>& network) { trainer teacher{network, mine, sgd{}}; }
