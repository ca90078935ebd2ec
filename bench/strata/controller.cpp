// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Training of small networks that control something: the seconds of an update, each by a call of its own, or
// within `fit`.
//   controller [fit] 6_64_8_4|4_32_32_2 sgd|adam 1|32
#include <strata/strata.hpp>

#include "peers/controller.hpp"

using namespace strata;

namespace {

template <class Network, class Optimizer>
void learn(std::size_t batch, bool fits, Optimizer rule) {
    constexpr std::size_t inputs = Network::input_size;
    constexpr std::size_t outputs = Network::output_size;
    static const controller::experience<inputs, outputs> data;
    Network net;
    net.set_weights(controller::weights(Network::weight_count));
    trainer teach{net, mean_squared_error, rule};
    if (fits) {
        constexpr std::size_t epochs = 40;
        const fit_options options{
            .batch_size = batch, .epochs = epochs, .shuffle = false, .verbose = verbosity::silent};
        controller::time_learning(epochs * controller::samples / batch,
                                  [&] { return teach.fit(data.x, data.y, options)["loss"].back(); });
    } else
        controller::time_steps(batch, [&](std::size_t first) {
            return teach
                .train_on_batch(std::span(data.x).subspan(first * inputs, batch * inputs),
                                std::span(data.y).subspan(first * outputs, batch * outputs))
                .loss();
        });
}

template <class Network>
void learn(const controller::task& given, bool fits) {
    if (given.uses_adam)
        learn<Network>(given.batch, fits, adam{.learning_rate = controller::rate_of_adam});
    else
        learn<Network>(given.batch, fits, sgd{.learning_rate = controller::rate_of_descent});
}

} // namespace

int main(int count, char** arguments) {
    const bool fits = count > 1 && std::string(arguments[1]) == "fit";
    const auto given = controller::read_task(count - fits, arguments + fits);
    if (given.network == "6_64_8_4")
        learn<model<input<6> | dense<64> | tanh | dense<8> | tanh | dense<4>>>(given, fits);
    else
        learn<model<input<4> | dense<32> | tanh | dense<32> | tanh | dense<2>>>(given, fits);
}
