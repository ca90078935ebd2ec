// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Networks of sequences: two bidirectional LSTMs behind an embedding, and the encoder block of a transformer.
// Prints seconds a prediction or a training step, and how far results are from those that were written.
//   sequence DIRECTORY lstm_1|lstm_32|lstm_train|encoder|encoder_train
//   sequence DIRECTORY export       writes weights, inputs, targets, results and gradients for the peers
#include <strata/strata.hpp>
#include <strata/training/gradients.hpp>

#include "peers/sequence.hpp"

using namespace strata;

namespace {

constexpr std::size_t vocabulary = 20'000;

using lstm_network = model<input<200> | embedding<vocabulary, 128> | bidirectional(lstm<64>) |
                           bidirectional(lstm<64, last_step>) | dense<1> | sigmoid>;
using encoder_network = model<input<256, 128> | residual(layer_norm<epsilon<1e-5>> | attention<4, 32>) |
                              residual(layer_norm<epsilon<1e-5>> | dense<512> | gelu | dense<128>)>;

/// Numbers between -1 and 1 that repeat late.
float number(std::size_t i) { return static_cast<float>(i * 7919 % 10'007) / 5003.0f - 1; }

struct lstm_case {
    static constexpr const char* name = "lstm";
    static constexpr auto loss = binary_crossentropy;
    using network = lstm_network;
    xt::xtensor<std::int32_t, 2> x{std::array<std::size_t, 2>{32, 200}};
    xt::xtensor<float, 1> y{std::array<std::size_t, 1>{32}};

    lstm_case() {
        for (std::size_t i = 0; i < x.size(); ++i)
            x.flat(i) = static_cast<std::int32_t>(i * 7919 % vocabulary);
        for (std::size_t i = 0; i < y.size(); ++i)
            y(i) = static_cast<float>(i % 2);
    }
    auto first(std::size_t samples) const {
        xt::xtensor<std::int32_t, 2> part(std::array<std::size_t, 2>{samples, 200});
        std::copy_n(x.begin(), part.size(), part.begin());
        return part;
    }
};

struct encoder_case {
    static constexpr const char* name = "encoder";
    static constexpr auto loss = mean_squared_error;
    using network = encoder_network;
    xt::xtensor<float, 3> x{std::array<std::size_t, 3>{16, 256, 128}};
    xt::xtensor<float, 3> y{x.shape()};

    encoder_case() {
        for (std::size_t i = 0; i < x.size(); ++i) {
            x.flat(i) = 2 * number(i);
            y.flat(i) = number(i + 17);
        }
    }
};

/// The gradients of all parameters, in the order of `weights`.
template <class Case>
std::vector<float> all_gradients(const typename Case::network& net, const Case& data, double& loss) {
    const auto found = gradients(net, Case::loss, data.x, data.y);
    loss = found.loss();
    std::vector<float> result;
    for (const auto& each : found.parameters()) {
        const auto values = each.values();
        result.insert(result.end(), values.begin(), values.end());
    }
    return result;
}

template <class Case>
void write_case(const std::string& directory) {
    const Case data;
    typename Case::network net{seed{7}};
    // Biases that are not zero.
    std::vector<float> weights = net.weights();
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] += 0.02f * number(i);
    net.set_weights(weights);
    double loss = 0;
    const std::string file = directory + "/" + Case::name;
    sequences::write(file + ".weights", weights);
    sequences::write(file + ".x", data.x);
    sequences::write(file + ".targets", data.y);
    sequences::write(file + ".y", net.predict(data.x));
    sequences::write(file + ".gradients", all_gradients(net, data, loss));
}

template <class Case>
typename Case::network read_network(const std::string& directory) {
    typename Case::network net;
    net.set_weights(bench::read_numbers<float>(directory + "/" + Case::name + ".weights"));
    return net;
}

template <class Case, class Inputs>
void predict(const std::string& directory, const Inputs& x) {
    const auto net = read_network<Case>(directory);
    const auto y = net.predict(x);
    sequences::print_difference(y.data(), y.size(), directory + "/" + Case::name + ".y");
    sequences::print_seconds([&] {
        const auto again = net.predict(x);
        bench::keep(again(0));
    });
}

template <class Case>
void train(const std::string& directory) {
    const Case data;
    auto net = read_network<Case>(directory);
    double loss = 0;
    const auto found = all_gradients(net, data, loss);
    sequences::print_difference(found.data(), found.size(), directory + "/" + Case::name + ".gradients");
    std::printf("loss %.6f\n", loss);
    trainer teach{net, Case::loss, adam{}};
    sequences::print_seconds([&] { teach.train_on_batch(data.x, data.y); });
}

} // namespace

int main(int count, char** arguments) {
    const std::string directory = count > 1 ? arguments[1] : "";
    const std::string which = count > 2 ? arguments[2] : "";
    if (which == "export") {
        write_case<lstm_case>(directory);
        write_case<encoder_case>(directory);
    } else if (which == "lstm_1")
        predict<lstm_case>(directory, lstm_case{}.first(1));
    else if (which == "lstm_32")
        predict<lstm_case>(directory, lstm_case{}.x);
    else if (which == "lstm_train")
        train<lstm_case>(directory);
    else if (which == "encoder")
        predict<encoder_case>(directory, encoder_case{}.x);
    else if (which == "encoder_train")
        train<encoder_case>(directory);
    else {
        std::fputs("sequence DIRECTORY lstm_1|lstm_32|lstm_train|encoder|encoder_train|export\n", stderr);
        return 2;
    }
}
