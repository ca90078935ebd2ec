// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Very small networks: seconds for 40,000 updates of XOR by one sample each, or for one prediction of a
// 1-8-8-1 network, with inputs that are given or with its output fed back, or of a controller.
//   small [approximate] xor|given|fed_back|6_64_8_4|4_32_32_2
// Or what the 1-8-8-1 network consists of: its layers with relu, or two tanh of eight numbers, by themselves.
//   small layers|tangents given|fed_back
// Or for one of 256 samples of a 1-8-8-1 network, or of one of 64 such networks, side by side or one by one.
//   small [single] samples|networks
#include <strata/model/many.hpp>
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
    net.set_weights(controller::weights(Network::weight_count));
    small::time_controller(Network::input_size, [&](const float* x, float* y) {
        net.predict(std::span<const float, Network::input_size>(x, Network::input_size),
                    std::span<float, Network::output_size>(y, Network::output_size));
    });
}

template <class Compute>
void time_each(std::size_t count, Compute compute) {
    std::printf("seconds %.12f\n", bench::median_seconds(51, 20, compute) / static_cast<double>(count));
}

using tiny_network = model<input<1> | dense<8> | tanh | dense<8> | tanh | dense<1>>;

template <class Network>
void predict_networks(bool single) {
    if constexpr (!bedrock::lane_pass<typename Network::topology, float>::is_possible)
        throw std::invalid_argument("networks lie side by side from SSE3 on");
    else {
        constexpr std::size_t count = 64;
        const std::vector<Network> each(count);
        const auto all = many<count>(each);
        std::array<float, count> x{}, y{};
        time_each(count, [&] {
            if (single)
                for (std::size_t i = 0; i < count; ++i)
                    each[i].predict(std::span<const float, 1>(&x[i], 1), std::span<float, 1>(&y[i], 1));
            else
                all.predict_each(x, y);
            bench::keep(y);
        });
    }
}

void predict_samples(bool single) {
    constexpr std::size_t samples = 256;
    const tiny_network net;
    std::array<float, samples> x{}, y{};
    if (single)
        time_each(samples, [&] {
            for (std::size_t i = 0; i < samples; ++i)
                net.predict(std::span<const float, 1>(&x[i], 1), std::span<float, 1>(&y[i], 1));
            bench::keep(y);
        });
    else
        time_each(samples, [&] {
            net.predict_batch(x.data(), y.data(), samples);
            bench::keep(y);
        });
}

void compute_tangents(const std::string& mode) {
    using V = bedrock::simd<float, bedrock::lanes_of<float, 8>>;
    small::time_predictions(mode, [](float x) {
        const V first = bedrock::hyperbolic_tangent_of(V(x));
        return bedrock::internal::first_lane(bedrock::hyperbolic_tangent_of(first));
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
    const std::string word = count == 3 ? arguments[1] : "";
    const bool is_known = word == "approximate" || word == "single" || word == "layers" || word == "tangents";
    const int skipped = is_known ? 1 : 0;
    const bool single = word == "single";
    const std::string mode = small::mode(count - skipped, arguments + skipped);
    if (mode == "samples")
        predict_samples(single);
    else if (mode == "networks")
        predict_networks<tiny_network>(single);
    else if (mode == "xor")
        learn_xor();
    else if (word == "tangents")
        compute_tangents(mode);
    else if (word == "layers")
        predict<relu>(mode);
    else if (word == "approximate")
        predict<approximate_tanh>(mode);
    else
        predict<bedrock::tanh_layer{}>(mode);
}
