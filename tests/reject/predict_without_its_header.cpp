// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: predict of an array needs.*#include <strata/model/arrays.hpp>
#ifdef WRONG
#    include <strata/model/model.hpp>
#else
#    include <strata/model/arrays.hpp>
#endif
#include <strata/layers/layers.hpp>

#include <vector>

using namespace strata;

using net = model<input<8> | dense<16> | relu | dense<10> | softmax>;
void answer(const net& network, const std::vector<float>& x) { static_cast<void>(network.predict(x)); }
