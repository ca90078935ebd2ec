// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The MNIST network in tiny-dnn. It keeps weights of its own, drawn as Keras draws them.
//   train_tiny_dnn DIRECTORY BATCH IMAGES EPOCHS
#include <tiny_dnn/tiny_dnn.h>

#include "peers/mnist.hpp"

#include <immintrin.h>

using namespace tiny_dnn;

int main(int count, char** arguments) {
    const mnist::options settings(count, arguments);
    _mm_setcsr(_mm_getcsr() | 0x8040); // flush denormals
    const auto read = [&](const char* part, std::size_t limit, std::vector<vec_t>& x,
                          std::vector<label_t>& y) {
        const mnist::images all(settings.directory + "/" + part);
        for (std::size_t i = 0; i < std::min(limit, all.count); ++i) {
            x.emplace_back(all.x.begin() + static_cast<long>(i) * 784,
                           all.x.begin() + static_cast<long>(i + 1) * 784);
            y.push_back(all.y[i]);
        }
    };
    std::vector<vec_t> x, test_x;
    std::vector<label_t> y, test_y;
    read("train", settings.images, x, y);
    read("test", 10000, test_x, test_y);

    network<sequential> net;
    net << fully_connected_layer<activation::relu>(784, 512) << dropout_layer(512, 0.2f, net_phase::train)
        << fully_connected_layer<activation::softmax>(512, 10);
    net.init_weight();
    const mnist::first_weights w(settings.directory);
    const auto copy = [&](std::size_t layer, const float* kernel, std::size_t size, const float* bias,
                          std::size_t outputs) {
        std::copy_n(kernel, size, net[layer]->weights()[0]->begin());
        std::copy_n(bias, outputs, net[layer]->weights()[1]->begin());
    };
    copy(0, w.kernel1, 784 * 512, w.bias1, 512);
    copy(2, w.kernel2, 512 * 10, w.bias2, 10);
    adam optimizer;
    optimizer.alpha = 0.001f;
    std::vector<vec_t> targets;
    for (const label_t label : test_y) {
        targets.emplace_back(10, 0.0f);
        targets.back()[label] = 1;
    }
    net.set_netphase(net_phase::test);
    std::printf("initial_loss %.5f\n",
                static_cast<double>(net.get_loss<cross_entropy_multiclass>(test_x, targets)) / 10000);
    net.set_netphase(net_phase::train);
    double fastest = 1e9;
    for (std::size_t epoch = 0; epoch < settings.epochs; ++epoch)
        fastest = std::min(fastest, bench::seconds([&] {
                               net.train<cross_entropy_multiclass>(
                                   optimizer, x, y, settings.batch, 1, [] {}, [] {}, false,
                                   static_cast<int>(bench::threads()));
                           }));
    std::printf("seconds %.6f\nupdates %zu\n", fastest,
                (settings.images + settings.batch - 1) / settings.batch);
    net.set_netphase(net_phase::test);
    const result outcome = net.test(test_x, test_y);
    std::printf("accuracy %.4f\n", static_cast<double>(outcome.num_success) / outcome.num_total);
}
