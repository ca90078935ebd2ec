// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Predicts with the MNIST network in dlib.
//   predict_dlib DIRECTORY one|many|start
#include <dlib/dnn.h>

#include "peers/predict.hpp"

using namespace dlib;
using image = matrix<float, 28, 28>;
using network = softmax<fc<10, relu<fc<512, input<image>>>>>;

int main(int count, char** arguments) {
    const prediction::options settings(count, arguments);
    network net;
    resizable_tensor batch;
    const std::vector<image> one(1, zeros_matrix<float>(28, 28));
    net.to_tensor(one.begin(), one.end(), batch);
    net.forward(batch); // gives the layers their sizes
    const mnist::first_weights w(settings.directory);
    std::copy_n(w.kernel1, 785 * 512, layer<3>(net).layer_details().get_layer_params().host());
    std::copy_n(w.kernel2, 513 * 10, layer<1>(net).layer_details().get_layer_params().host());
    prediction::run(settings, [&](const float* x, float* y, std::size_t samples) {
        batch.set_size(static_cast<long>(samples), 1, 28, 28);
        std::copy_n(x, samples * 784, batch.host_write_only());
        const tensor& probabilities = net.forward(batch);
        std::copy_n(probabilities.host(), samples * 10, y);
    });
}
