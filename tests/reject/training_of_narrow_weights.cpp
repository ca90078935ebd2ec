// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: narrow weights cannot be trained:.*train a model<topology>,.*make the narrow one from it
#include <strata/strata.hpp>

#include <strata/model/narrow_model.hpp>

using namespace strata;

constexpr auto topology = input<2> | dense<2> | softmax;
#ifdef WRONG
void teach(model<topology, float, weights<bfloat16>>& network) {
#else
void teach(model<topology>& network) {
#endif
    trainer teacher{network, sparse_categorical_crossentropy, sgd{}};
}
