// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: predict: the array has 7 numbers,.*the network takes 8
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <array>

using namespace strata;

#ifdef WRONG
constexpr std::size_t size = 7;
#else
constexpr std::size_t size = 8;
#endif
void run(const model<input<8> | dense<2>>& net, const std::array<float, size>& x) {
    static_cast<void>(net.predict(x));
}
