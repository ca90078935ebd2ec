// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Networks for MNIST's digits as a page's engine has them; bench/browser/mnist.mjs calls them and takes the
// time.
#include <strata/learning/optimizers.hpp>
#include <strata/training/trainer.hpp>

#include "../examples/browser/engines/exchange.hpp"
#include "../examples/networks/mnist_cnn.hpp"
#include "mnist_network.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

using namespace strata;

namespace {
// Without dropout two libraries learn the same, where Adam's epsilon, which stands at another place of the
// formula in each, is next to nothing.
constexpr double small_epsilon = 1e-12;
using plain_network = model<input<28, 28> | flatten | dense<512> | relu | dense<10> | softmax>;
using convolutional_network = model<networks::mnist_cnn>;

std::vector<float> x, y, p;

template <class Network>
struct contender {
    adam optimizer;
    Network net{};
    decltype(trainer{net, sparse_categorical_crossentropy, adam{}, accuracy}) teach{
        net, sparse_categorical_crossentropy, optimizer, accuracy};

    void train(std::size_t batch_size, bool shuffle) {
        teach.fit(x, y,
                  {.batch_size = batch_size,
                   .epochs = teach.epochs() + 1,
                   .initial_epoch = teach.epochs(),
                   .shuffle = shuffle,
                   .verbose = verbosity::silent});
    }
};
std::optional<contender<mnist_network>> textbook;
std::optional<contender<plain_network>> plain;
std::optional<convolutional_network> convolutional;

void predict(const auto& net, std::size_t first, std::size_t count) {
    net.predict_batch(x.data() + first * 784, p.data() + first * 10, count);
}
} // namespace

OFFERED_TO_PAGE(take_images) void take_images(const float* numbers, std::size_t count) {
    x.assign(numbers, numbers + count);
    p.assign(count / 784 * 10, 0);
}
OFFERED_TO_PAGE(take_labels) void take_labels(const float* numbers, std::size_t count) {
    y.assign(numbers, numbers + count);
}
OFFERED_TO_PAGE(predictions) const exchange::view* predictions() {
    return exchange::show(std::span<const float>(p));
}

// Weights are those of Keras, one array behind the other.
OFFERED_TO_PAGE(start_dense) void start_dense(const float* weights, std::size_t count) {
    textbook.emplace(adam{});
    textbook->net.set_weights(std::span(weights, count));
    plain.emplace(adam{.epsilon = small_epsilon});
    plain->net.set_weights(std::span(weights, count));
}
OFFERED_TO_PAGE(start_convolutional) void start_convolutional(const float* weights, std::size_t count) {
    convolutional.emplace();
    convolutional->set_weights(std::span(weights, count));
}
OFFERED_TO_PAGE(predict_dense) void predict_dense(std::size_t first, std::size_t count) {
    predict(plain->net, first, count);
}
OFFERED_TO_PAGE(predict_convolutional) void predict_convolutional(std::size_t first, std::size_t count) {
    predict(*convolutional, first, count);
}
OFFERED_TO_PAGE(train_textbook) void train_textbook(std::size_t batch_size, bool shuffle) {
    textbook->train(batch_size, shuffle);
}
OFFERED_TO_PAGE(train_plain) void train_plain(std::size_t batch_size, bool shuffle) {
    plain->train(batch_size, shuffle);
}
