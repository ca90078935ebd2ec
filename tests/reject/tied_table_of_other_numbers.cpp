// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: layer 3, unembedding<100>.*the shared part words.*is another fragment than at layer 1
#include <strata/layers/layers.hpp>
#include <strata/plan/names.hpp>
using namespace strata;

constexpr auto words = embedding<100, 8>;
#ifdef WRONG
constexpr auto scored = embedding<100, 8, normal<0.1>>;
#else
constexpr auto scored = words;
#endif
constexpr auto network =
    input<5> | shared_weights<"words">(words) | dense<8> | shared_weights<"words">(unembedding<scored>);
static_assert(bedrock::detail::network_names<std::remove_const_t<decltype(network)>>::count == 3);
