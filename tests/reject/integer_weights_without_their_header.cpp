// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: weights of 8 bits are.*those of a network of float.*#include <strata/model/integer_model.hpp>
#include <strata/layers/layers.hpp>
#ifdef WRONG
#    include <strata/model/model.hpp>
#else
#    include <strata/model/integer_model.hpp>
#endif

using namespace strata;

constexpr auto topology = input<2> | dense<2>;
const std::size_t size = model<topology, float, weights<std::int8_t>>::input_size;
