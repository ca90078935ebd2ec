// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the topology of a model.*has no layer behind its input
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

using namespace strata;

#ifdef WRONG
using net = model<input<2>>;
#else
using net = model<input<2> | dense<1>>;
#endif
constexpr std::size_t parameters = net::parameter_count;
