// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the topology of a model.*has no input layer.*it begins with input
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

using namespace strata;

#ifdef WRONG
using net = model<dense<3> | relu>;
#else
using net = model<input<2> | dense<3> | relu>;
#endif
constexpr std::size_t parameters = net::parameter_count;
