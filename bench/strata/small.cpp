// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Very small networks: seconds for 40,000 updates of XOR by one sample each, or for one prediction of a
// 1-8-8-1 network, with inputs that are given or with its output fed back, or of a controller.
//   small [approximate] xor|given|fed_back|6_64_8_4|4_32_32_2
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

template <class Network>
void predict_controller() {
    Network net;
    net.set_weights(small::controller_weights(Network::weight_count));
    small::time_controller(Network::input_size, [&](const float* x, float* y) {
        net.predict(std::span<const float, Network::input_size>(x, Network::input_size),
                    std::span<float, Network::output_size>(y, Network::output_size));
    });
}

template <auto Activation>
void predict(const std::string& mode) {
    if (mode == "6_64_8_4")
        return predict_controller<
            model<input<6> | dense<64> | Activation | dense<8> | Activation | dense<4>>>();
    if (mode == "4_32_32_2")
        return predict_controller<
            model<input<4> | dense<32> | Activation | dense<32> | Activation | dense<2>>>();
    using network = model<input<1> | dense<8> | Activation | dense<8> | Activation | dense<1>>;
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

} // namespace

int main(int count, char** arguments) {
    const bool approximate = count == 3 && std::string(arguments[1]) == "approximate";
    const std::string mode = small::mode(count - approximate, arguments + approximate);
    if (mode == "xor")
        learn_xor();
    else if (approximate)
        predict<approximate_tanh>(mode);
    else
        predict<bedrock::tanh_layer{}>(mode);
}
