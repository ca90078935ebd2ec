// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 1, dense<2>.*cannot have weights of 8 bits:.*takes 32769 inputs.*hold 32768
#include <strata/strata.hpp>

#include <strata/model/integer_model.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto topology = input<32769> | dense<2>;
#else
constexpr auto topology = input<32768> | dense<2>;
#endif
const std::size_t bytes = model<topology, float, weights<std::int8_t>>::parameter_bytes;
