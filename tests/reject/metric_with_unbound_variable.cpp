// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the metric weighted_mine.*is no formula of.*prediction and target alone
#include <strata/strata.hpp>

using namespace strata;

using namespace strata::symbols;
#ifdef WRONG
constexpr auto mine = metric<"mine", square(prediction - x)>;
#else
constexpr auto mine = metric<"mine", square(prediction - target)>;
#endif
void teach(model<input<2> | dense<1>>& network) {
    trainer teacher{network, mean_squared_error, sgd{}, weighted(mine)};
}
