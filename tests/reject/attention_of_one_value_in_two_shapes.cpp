// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: attention learns from one value in one shape, not in two
#include <strata/strata.hpp>

using namespace strata;

#ifdef WRONG
constexpr auto attend = dot_attention<4, key_heads<2>>;
#else
constexpr auto attend = dot_attention<2, key_heads<1>>;
#endif
constexpr auto shapes = branches(reshape<2, 12>, reshape<4, 6>, reshape<4, 6>);
using network = model<input<24> | dense<24> | shapes | attend | flatten | dense<1>>;

void teach(network& net, const std::vector<float>& x, const std::vector<float>& y) {
    trainer teacher{net, mean_squared_error, adam{}};
    teacher.fit(x, y);
}
