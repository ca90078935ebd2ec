// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the kernels of a layer.*are not included.*strata/model/model.hpp has those of all
#include <strata/layers/convolution.hpp>
#include <strata/layers/dense.hpp>
#include <strata/layers/flatten.hpp>
#include <strata/model/basic_model.hpp>

using namespace strata;

#ifdef WRONG
using network = model<input<8, 8> | conv<4, 3> | flatten | dense<1>>;
#else
using network = model<input<8, 8> | flatten | dense<1>>;
#endif

float run(const network& net, std::span<const float, 64> sample) { return net.predict(sample)[0]; }
