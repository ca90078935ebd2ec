// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Predicts with weights that are written down.
#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <cstdio>

using namespace strata;

int main() {
    model<input<1> | dense<1>> net;
    net.set_weights(std::array{2.0f, 1.0f});
    const float y = net.predict(std::array{4.0f})[0];
    std::printf("2 * 4 + 1 = %g\n", static_cast<double>(y));
    return y == 9 ? 0 : 1;
}
