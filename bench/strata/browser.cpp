// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The MNIST network for a browser; browser.mjs calls it and takes the time.
#include <strata/learning/optimizers.hpp>
#include <strata/training/trainer.hpp>

#include "mnist_network.hpp"

#include <cstddef>
#include <span>
#include <vector>

#if defined(__wasm__)
#    define EXPORTED(name) __attribute__((export_name(#    name)))
#else
#    define EXPORTED(name)
#endif

using namespace strata;

namespace {
std::vector<float> weights(mnist_network::weight_count), x, y, p;
mnist_network net;
trainer teach{net, sparse_categorical_crossentropy, adam{}, accuracy};

std::span<const float> image(std::size_t number) { return std::span(x).subspan(number * 784, 784); }
} // namespace

extern "C" {
// Where the page puts weights and images, and finds predictions.
EXPORTED(weights) float* get_weights() { return weights.data(); }
EXPORTED(images) float* get_images() { return x.data(); }
EXPORTED(labels) float* get_labels() { return y.data(); }
EXPORTED(predictions) float* get_predictions() { return p.data(); }
EXPORTED(reserve) void reserve(std::size_t images) {
    x.assign(images * 784, 0);
    y.assign(images, 0);
    p.assign(images * 10, 0);
}

EXPORTED(start) void start() { net.set_weights(weights); }
EXPORTED(predict) void predict(std::size_t number) {
    net.predict(std::span<const float, 784>(image(number)), std::span<float, 10>(p.data() + number * 10, 10));
}
EXPORTED(predict_batch) void predict_batch(std::size_t first, std::size_t count) {
    net.predict_batch(image(first).data(), p.data() + first * 10, count);
}
EXPORTED(train) void train(std::size_t batch) { teach.fit(x, y, {.batch_size = batch}); }
EXPORTED(measure_accuracy) double measure_accuracy() { return teach.evaluate(x, y)["accuracy"]; }
EXPORTED(measure_loss) double measure_loss() { return teach.evaluate(x, y).loss(); }
}
