// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// XOR with weights that are written down: max(0, a + b) - 2 max(0, a + b - 1).
#include <strata_predict.hpp>

#include <cstdio>

using namespace strata;
using network = model<input<2> | dense<2> | relu | dense<1>>;

int main() {
    network net;
    net.set_weights(std::array{1.0f, 1.0f, 1.0f, 1.0f, 0.0f, -1.0f, 1.0f, -2.0f, 0.0f});
    int wrong = 0;
    for (const float a : {0.0f, 1.0f})
        for (const float b : {0.0f, 1.0f}) {
            const float found = net.predict(std::array{a, b})[0];
            std::printf("%g xor %g = %g\n", static_cast<double>(a), static_cast<double>(b),
                        static_cast<double>(found));
            wrong += found != (a != b ? 1.0f : 0.0f);
        }
    return wrong;
}
