// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Trains the MNIST convnet. Prints the loss before, the fastest epoch's seconds, and the accuracy after.
//   mnist_cnn DIRECTORY BATCH IMAGES EPOCHS
//   mnist_cnn DIRECTORY export             writes the first weights there, for the peers: cnn_weights.f32
#include "../../examples/networks/mnist_cnn.hpp"
#include "mnist_training.hpp"

#include <fstream>

using mnist_cnn = strata::model<networks::mnist_cnn>;

int main(int count, char** arguments) {
    mnist_cnn net{strata::seed{7}};
    if (count == 3) {
        const auto weights = net.weights();
        std::ofstream file(std::string(arguments[1]) + "/cnn_weights.f32", std::ios::binary);
        file.write(reinterpret_cast<const char*>(weights.data()),
                   static_cast<std::streamsize>(weights.size() * sizeof(float)));
        return file.flush() ? 0 : 1;
    }
    train_and_print(net, mnist::options(count, arguments));
}
