// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Trains the two networks of MNIST's auxiliary classifier GAN, whose adversary has their very parameters.
// Prints how real the judge takes a drawn image for before, and the seconds of a step: images are drawn, then
// each of the two learns once.
//   mnist_gan DIRECTORY BATCH STEPS
//   mnist_gan DIRECTORY export            writes the first weights there, for the peers: gan_weights.f32
#include "../../examples/networks/mnist_gan.hpp"
#include "../../examples/adversarial_training.hpp"
#include "peers/mnist.hpp"
#include "timing.hpp"

#include <strata/model/shared_part.hpp>

#include <fstream>
#include <string>
#include <vector>

using namespace strata;

namespace {

using adversary = model<networks::mnist_adversary>;
using generator = model<networks::mnist_generator>;
using discriminator = model<networks::mnist_discriminator>;

/// The same numbers in all contenders, each between -1 and 1.
template <class Array>
void fill(Array& array) {
    std::size_t number = 0;
    for (float& each : array)
        each = static_cast<float>(number++ * 37 % 201) / 100 - 1;
}

labelled_images read_real(const std::string& directory, std::size_t count) {
    const auto pixels = bench::read_numbers<std::uint8_t>(directory + "/train_x.u8");
    const auto digits = bench::read_numbers<std::uint8_t>(directory + "/train_y.u8");
    auto x = xt::xtensor<std::uint8_t, 3>::from_shape({count, 28, 28});
    auto y = xt::xtensor<std::uint8_t, 1>::from_shape({count});
    std::copy_n(pixels.begin(), x.size(), x.begin());
    std::copy_n(digits.begin(), count, y.begin());
    return {scaled_bytes<3>{std::move(x)}, std::move(y)};
}

void train(const std::string& directory, std::size_t batch, std::size_t steps) {
    adversary adversary_net{seed{7}};
    auto generator_net = shared_part<generator>(adversary_net);
    auto discriminator_net = shared_part<discriminator>(adversary_net);
    const labelled_images real = read_real(directory, batch);
    generator_inputs inputs(batch, generator::input_sizes[0]);
    fill(inputs.noise);
    for (std::size_t i = 0; i < batch; ++i)
        inputs.request(i, i % 10);
    discriminator_batch examples(batch);
    const xt::xtensor<float, 1> all_real = xt::ones<float>({batch});
    std::mt19937 random(7);
    const auto draw = [&] { return generator_net.predict(together(inputs.noise, inputs.one_hot)); };

    const auto loss = losses(binary_crossentropy, sparse_categorical_crossentropy);
    const adam optimizer{.learning_rate = 2e-4, .beta_1 = 0.5};
    trainer discriminator_trainer{discriminator_net, loss, optimizer};
    trainer generator_trainer{adversary_net, loss, optimizer};
    std::printf("judged %.7f\n", static_cast<double>(std::get<0>(discriminator_net.predict(draw()))(0)));
    double losses[2]{};
    const auto step = [&] {
        examples.collect(real, draw(), inputs, random);
        losses[0] =
            discriminator_trainer.train_on_batch(examples.images, together(examples.is_real, examples.digits))
                .loss();
        losses[1] =
            generator_trainer
                .train_on_batch(together(inputs.noise, inputs.one_hot), together(all_real, inputs.digits))
                .loss();
    };
    step();
    std::vector<double> times;
    for (std::size_t i = 0; i < steps; ++i)
        times.push_back(bench::seconds(step));
    std::printf("seconds %.6f\n", bench::median(times));
    std::printf("losses %.3f, %.3f\n", losses[0], losses[1]);
}

} // namespace

int main(int count, char** arguments) {
    if (count == 3) {
        const adversary net{seed{7}};
        const auto weights = net.weights();
        std::ofstream file(std::string(arguments[1]) + "/gan_weights.f32", std::ios::binary);
        file.write(reinterpret_cast<const char*>(weights.data()),
                   static_cast<std::streamsize>(weights.size() * sizeof(float)));
        return file.flush() ? 0 : 1;
    }
    if (count != 4) {
        std::fputs("mnist_gan DIRECTORY BATCH STEPS\n", stderr);
        return 2;
    }
    train(arguments[1], std::stoul(arguments[2]), std::stoul(arguments[3]));
}
