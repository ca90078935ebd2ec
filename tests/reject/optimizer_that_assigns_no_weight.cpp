// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the update of the optimizer.*assigns no w
#include <strata/strata.hpp>

using namespace strata;
using namespace strata::symbols;

struct own {
    static constexpr auto m = variable<"m">;
    schedule learning_rate = 0.1;
    auto scalars(double step) const { return bind(rate = learning_rate(step)); }
#ifdef WRONG
    static constexpr auto update = rule<(m = 0.9 * m + g)>;
#else
    static constexpr auto update = rule<(m = 0.9 * m + g), (w = w - rate * m)>;
#endif
};
void teach(model<input<2> | dense<1>>& network, const std::vector<float>& x) {
    trainer teacher{network, mean_squared_error, own{}};
    teacher.fit(x, x);
}
