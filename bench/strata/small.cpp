// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Very small networks: seconds for 40,000 updates of XOR by one sample each, or for one prediction of a
// 1-8-8-1 network, with inputs that are given or with its output fed back.
//   small xor|given|fed_back
#include <strata/strata.hpp>

#include "peers/small.hpp"

using namespace strata;

namespace {

void learn_xor() {
    using network = model<input<2> | dense<2> | sigmoid | dense<1> | sigmoid>;
    const std::span<const float> corners(small::corners), truths(small::truths);
    double loss = 0;
    small::time_xor([&] {
        network net;
        net.set_weights(small::xor_weights);
        trainer teach{net, mean_squared_error, sgd{.learning_rate = 0.1}};
        const auto record = teach.fit(
            corners, truths,
            {.batch_size = 1, .epochs = small::xor_epochs, .shuffle = false, .verbose = verbosity::silent});
        loss = record["loss"].back();
    });
    std::printf("loss %.6f\n", loss);
}

} // namespace

int main(int count, char** arguments) {
    const std::string mode = small::mode(count, arguments);
    if (mode == "xor") {
        learn_xor();
        return 0;
    }
    using network = model<input<1> | dense<8> | tanh | dense<8> | tanh | dense<1>>;
    network net;
    net.set_weights(small::tanh_weights());
    std::array<float, 1> inputs{};
    std::array<float, 1> outputs{};
    small::time_predictions(mode, [&](float x) {
        inputs[0] = x;
        net.predict(inputs, outputs);
        return outputs[0];
    });
}
