// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, conv<4, 3>.*cannot be in a network of narrow weights.*chains of dense layers
#include <strata/strata.hpp>

#include <strata/model/integer_model.hpp>

using namespace strata;

constexpr auto topology = input<9, 9, 1> | conv<4, 3> | flatten | dense<2>;
constexpr auto chain = input<9, 9, 1> | flatten | dense<4> | relu | dense<2>;
#ifdef WRONG
using narrow = model<topology, float, weights<std::int8_t>>;
#else
using narrow = model<chain, float, weights<std::int8_t>>;
#endif
const std::size_t bytes = narrow::parameter_bytes;
