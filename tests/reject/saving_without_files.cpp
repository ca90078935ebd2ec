// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// expect: a trainer alone.*knows no files.*they come with strata/io/checkpoint.hpp
#include <strata/layers/layers.hpp>
#include <strata/learning/optimizers.hpp>
#include <strata/training/trainer.hpp>
#ifndef WRONG
#    include <strata/io/checkpoint.hpp>
#endif

using namespace strata;

void teach(model<input<2> | dense<2> | softmax>& network) {
    trainer teacher{network, sparse_categorical_crossentropy, sgd{}};
    teacher.load("network.strata");
    teacher.save("network.strata");
}
