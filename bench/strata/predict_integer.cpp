// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Predicts with the MNIST network whose weights rest as integers of 8 bits: seconds an image, one at a time
// or 256 at once.
//   predict_integer DIRECTORY one|many
#include <strata/model/integer_model.hpp>

#include "mnist_network.hpp"
#include "peers/predict.hpp"

using namespace strata;

using integer_network = model<mnist_topology, float, weights<std::int8_t>>;

int main(int count, char** arguments) {
    const prediction::options settings(count, arguments);
    mnist_network trained(bedrock::parameter_memory<float>(mnist_network::layout::size), seed{});
    trained.set_weights(mnist::first_weights(settings.directory).all);
    const mnist::images seen(settings.directory + "/test", 1000);
    const integer_network net(trained, seen.x.data(), seen.count);
    prediction::run(settings, [&](const float* x, float* y, std::size_t samples) {
        if (samples == 1)
            net.predict(std::span<const float, 784>(x, 784), std::span<float, 10>(y, 10));
        else
            net.predict_batch(x, y, samples);
    });
}
