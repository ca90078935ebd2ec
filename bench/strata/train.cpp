// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Trains the MNIST network. Prints the loss before, the fastest epoch's seconds, and the accuracy after.
//   train DIRECTORY BATCH IMAGES EPOCHS
#include "mnist_network.hpp"
#include "mnist_training.hpp"

int main(int count, char** arguments) {
    const mnist::options settings(count, arguments);
    mnist_network net;
    net.set_weights(mnist::first_weights(settings.directory).all);
    train_and_print(net, settings);
}
