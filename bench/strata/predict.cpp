// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Predicts with the MNIST network: seconds an image, one at a time or 256 at once. `start` predicts one and
// ends.
//   predict DIRECTORY one|many|start
#include <strata/strata.hpp>

#include "mnist_network.hpp"
#include "peers/predict.hpp"

using namespace strata;

int main(int count, char** arguments) {
    const prediction::options settings(count, arguments);
    // As load_network does: first weights are not drawn where others replace them.
    mnist_network net(bedrock::parameter_memory<float>(mnist_network::layout::size), seed{});
    net.set_weights(mnist::first_weights(settings.directory).all);
    prediction::run(settings, [&](const float* x, float* y, std::size_t samples) {
        if (samples == 1)
            net.predict(std::span<const float, 784>(x, 784), std::span<float, 10>(y, 10));
        else
            net.predict_batch(x, y, samples);
    });
}
