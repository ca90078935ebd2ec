// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the name encoder.dense_1.kernal is that of no parameter of the network the nearest:
// encoder.dense_1.kernel encoder.dense.kernel
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

using namespace strata;

constexpr auto net = input<8> | named<"encoder">(dense<4> | relu | dense<2>) | dense<8>;

#ifdef WRONG
auto kernel = model<net>{}.parameter<"encoder.dense_1.kernal">().values();
#else
auto kernel = model<net>{}.parameter<"encoder.dense_1.kernel">().values();
#endif
