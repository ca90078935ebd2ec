// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// The MNIST network in dlib.
//   train_dlib DIRECTORY BATCH IMAGES EPOCHS
#include <dlib/dnn.h>

#include "peers/mnist.hpp"

#include <immintrin.h>

#include <algorithm>
#include <numeric>
#include <random>

using namespace dlib;
using image = matrix<float, 28, 28>;
using network = loss_multiclass_log<fc<10, dropout<relu<fc<512, input<image>>>>>>;

int main(int count, char** arguments) {
    const mnist::options settings(count, arguments);
    _mm_setcsr(_mm_getcsr() | 0x8040); // flush denormals
    const auto read = [&](const char* part, std::vector<image>& x, std::vector<unsigned long>& y) {
        const mnist::images all(settings.directory + "/" + part);
        for (std::size_t i = 0; i < all.count; ++i) {
            x.push_back(reshape(mat(&all.x[i * 784], 784), 28, 28));
            y.push_back(all.y[i]);
        }
    };
    std::vector<image> x, test_x;
    std::vector<unsigned long> y, test_y;
    read("train", x, y);
    read("test", test_x, test_y);

    network net;
    layer<2>(net).layer_details() = dropout_(0.2f);
    resizable_tensor batch_tensor;
    net.to_tensor(x.begin(), x.begin() + 1, batch_tensor);
    net.forward(batch_tensor); // gives the layers their sizes
    const mnist::first_weights w(settings.directory);
    const auto copy = [](auto& target, const float* begin, std::size_t size) {
        std::copy_n(begin, size, target.layer_details().get_layer_params().host());
    };
    copy(layer<4>(net), w.kernel1, 784 * 512 + 512); // the bias is the last row
    copy(layer<1>(net), w.kernel2, 512 * 10 + 10);

    std::vector<adam> solvers(net.num_computational_layers, adam(0, 0.9f, 0.999f));
    const auto evaluate = [&] {
        network evaluated_net = net;
        layer<2>(evaluated_net).layer_details() = dropout_(0);
        double correct = 0, loss = 0;
        for (std::size_t begin = 0; begin < test_x.size(); begin += 500) {
            evaluated_net.to_tensor(test_x.begin() + static_cast<long>(begin),
                                    test_x.begin() + static_cast<long>(begin) + 500, batch_tensor);
            loss += 500 * evaluated_net.compute_loss(batch_tensor, test_y.begin() + static_cast<long>(begin));
            std::vector<unsigned long> predictions(500);
            evaluated_net(batch_tensor, predictions.begin());
            for (std::size_t i = 0; i < 500; ++i)
                correct += predictions[i] == test_y[begin + i];
        }
        return std::pair{loss / static_cast<double>(test_x.size()),
                         correct / static_cast<double>(test_x.size())};
    };
    std::printf("initial_loss %.5f\n", evaluate().first);
    std::vector<std::size_t> order(settings.images);
    std::iota(order.begin(), order.end(), 0u);
    std::minstd_rand random{7};
    double fastest = 1e9;
    std::vector<image> samples;
    std::vector<unsigned long> labels;
    for (std::size_t epoch = 0; epoch < settings.epochs; ++epoch)
        fastest = std::min(fastest, bench::seconds([&] {
                               std::shuffle(order.begin(), order.end(), random);
                               for (std::size_t begin = 0; begin < settings.images; begin += settings.batch) {
                                   const std::size_t batch_size =
                                       std::min(settings.batch, settings.images - begin);
                                   samples.clear();
                                   labels.clear();
                                   for (std::size_t i = 0; i < batch_size; ++i) {
                                       samples.push_back(x[order[begin + i]]);
                                       labels.push_back(y[order[begin + i]]);
                                   }
                                   net.to_tensor(samples.begin(), samples.end(), batch_tensor);
                                   net.compute_parameter_gradients(batch_tensor, labels.begin());
                                   net.update_parameters(solvers, 0.001);
                               }
                           }));
    std::printf("seconds %.6f\nupdates %zu\n", fastest,
                (settings.images + settings.batch - 1) / settings.batch);
    std::printf("accuracy %.4f\n", evaluate().second);
}
