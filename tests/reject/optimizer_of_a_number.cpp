// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the optimizer has no.*schedule learning_rate
#include <strata/strata.hpp>

using namespace strata;
using namespace strata::symbols;

struct own {
    static constexpr auto m = variable<"m">;
    static constexpr auto update = rule<(m = 0.9 * m + g), (w = w - rate * m)>;
#ifdef WRONG
    double learning_rate = 0.1;
    auto scalars(double) const { return bind(rate = learning_rate); }
#else
    schedule learning_rate = 0.1;
    auto scalars(double step) const { return bind(rate = learning_rate(step)); }
#endif
};
void teach(model<input<2> | dense<1>>& network, const std::vector<float>& x) {
    trainer teacher{network, mean_squared_error, own{}};
    teacher.fit(x, x);
}
