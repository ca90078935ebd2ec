// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Trains the MNIST network by an optimizer that needs more than a weight's own gradient, or by one that does
// not. Prints what `train` prints.
//   stored_gradients OPTIMIZER BATCH DIRECTORY IMAGES EPOCHS
#include "mnist_network.hpp"
#include "mnist_training.hpp"

#include <map>
#include <stdexcept>
#include <string>

namespace {

template <class Optimizer>
void run(const Optimizer& optimizer, const mnist::options& settings) {
    mnist_network net;
    net.set_weights(mnist::first_weights(settings.directory).all);
    train_and_print(net, settings, optimizer);
}

} // namespace

int main(int count, char** arguments) {
    using namespace strata;
    const std::map<std::string, void (*)(const mnist::options&)> ways{
        {"adam", [](const mnist::options& settings) { run(adam{}, settings); }},
        {"clip_value", [](const mnist::options& settings) { run(clip_value(adam{}, 1), settings); }},
        {"clip_norm", [](const mnist::options& settings) { run(clip_norm(adam{}, 1), settings); }},
        {"clip_global_norm",
         [](const mnist::options& settings) { run(clip_global_norm(adam{}, 1), settings); }},
        {"accumulate", [](const mnist::options& settings) { run(accumulate<4>(adam{}), settings); }},
        {"average_weights", [](const mnist::options& settings) { run(average_weights(adam{}), settings); }},
        {"lamb", [](const mnist::options& settings) { run(lamb{}, settings); }}};
    const auto way = count == 6 ? ways.find(arguments[1]) : ways.end();
    if (way == ways.end())
        throw std::invalid_argument("expected adam, clip_value, clip_norm, clip_global_norm, accumulate, "
                                    "average_weights or lamb, and BATCH DIRECTORY IMAGES EPOCHS");
    char* rest[] = {arguments[0], arguments[3], arguments[2], arguments[4], arguments[5]};
    way->second(mnist::options(5, rest));
}
