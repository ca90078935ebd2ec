// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: narrow weights are weights<bfloat16>.*#include <strata/model/narrow_model.hpp>
#include <strata/layers/layers.hpp>
#ifdef WRONG
#    include <strata/model/model.hpp>
#else
#    include <strata/model/narrow_model.hpp>
#endif

using namespace strata;

constexpr auto topology = input<2> | dense<2>;
const std::size_t size = model<topology, float, weights<bfloat16>>::input_size;
