// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: the values of an embedded network fit into 64 KiB
#include <strata/layers/layers.hpp>
#include <strata/model/embedded.hpp>
#include <strata/model/model.hpp>

#include <array>

using namespace strata;

struct stored {
    static constexpr std::array<embedded_array, 2> arrays{embedded_array{"conv", "kernel", {1, 1, 2}},
                                                          embedded_array{"conv", "bias", {2}}};
    static constexpr std::array<float, 4> numbers{};
};

#ifdef WRONG
constexpr std::size_t steps = 20'000;
#else
constexpr std::size_t steps = 20;
#endif
constexpr embedded<model<input<steps, 1> | conv<2, 1> | softmax | reduce_mean<0>>, stored> net;
