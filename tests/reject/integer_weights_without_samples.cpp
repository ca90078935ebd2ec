// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: weights of 8 bits need samples.*to calibrate with, behind the network
#include <strata/strata.hpp>

#include <strata/model/integer_model.hpp>

using namespace strata;

constexpr auto topology = input<2> | dense<2>;
model<topology, float, weights<std::int8_t>> quantize(const model<topology>& net, const float* x) {
#ifdef WRONG
    (void)x;
    return model<topology, float, weights<std::int8_t>>(net);
#else
    return model<topology, float, weights<std::int8_t>>(net, x, 100);
#endif
}
