// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Trains the MNIST network. Prints what part of the test images it tells apart, and what part do the networks
// made from it whose weights rest as bfloat16, or as integers of 8 bits calibrated with 1,000 training
// images.
//   narrow_accuracy DIRECTORY BATCH IMAGES EPOCHS
#include <strata/model/integer_model.hpp>
#include <strata/model/narrow_model.hpp>

#include "mnist_network.hpp"
#include "mnist_training.hpp"

using namespace strata;

namespace {
template <class Network>
void print_accuracy(const char* name, const Network& net, const mnist::images& test) {
    std::vector<float> y(test.count * 10);
    net.predict_batch(test.x.data(), y.data(), test.count);
    std::size_t right = 0;
    for (std::size_t i = 0; i < test.count; ++i) {
        const float* const row = y.data() + 10 * i;
        right += std::max_element(row, row + 10) - row == test.y[i];
    }
    std::printf("%s %.4f\n", name, static_cast<double>(right) / static_cast<double>(test.count));
}
} // namespace

int main(int count, char** arguments) {
    const mnist::options settings(count, arguments);
    mnist_network net;
    net.set_weights(mnist::first_weights(settings.directory).all);
    train_and_print(net, settings);
    const mnist::images seen(settings.directory + "/train", 1000), test(settings.directory + "/test");
    print_accuracy("float", net, test);
    print_accuracy("bfloat16", model<mnist_topology, float, weights<bfloat16>>(net), test);
    print_accuracy("int8", model<mnist_topology, float, weights<std::int8_t>>(net, seen.x.data(), seen.count),
                   test);
}
