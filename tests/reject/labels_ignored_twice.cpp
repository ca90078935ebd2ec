// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: ignore_label cannot take
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto goal = ignore_label<1>(ignore_label<2>(sparse_categorical_crossentropy));
#else
constexpr auto goal = ignore_label<1>(sparse_categorical_crossentropy);
#endif

void teach(model<input<2> | dense<3> | softmax>& network, const std::vector<float>& x,
           const std::vector<int>& y) {
    trainer teacher{network, goal, sgd{}};
    teacher.fit(x, y);
}
