// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: strata: expected a formula of strata::symbols, such as x \* tanh\(x\)
#include <strata/layers/layers.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto net = input<2> | dense<1> | activation<[](auto x) { return x * x; }>;
#else
constexpr auto net = input<2> | dense<1> | activation<symbols::x * symbols::x>;
#endif
