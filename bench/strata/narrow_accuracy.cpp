// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Trains the MNIST network. Prints what part of the test images it tells apart, and what part do the networks
// made from it whose weights rest as bfloat16, or as integers of 8 bits calibrated with 1,000 training
// images; the kilobytes of parameters of each, and the microseconds that it takes to predict an image without
// dark pixels, one at a time and 256 at once.
//   narrow_accuracy DIRECTORY BATCH IMAGES EPOCHS
#include <strata/model/integer_model.hpp>
#include <strata/model/narrow_model.hpp>

#include "mnist_network.hpp"
#include "mnist_training.hpp"

using namespace strata;

namespace {
template <class Network>
void print(const std::string& name, const Network& net, const mnist::images& test, std::size_t bytes) {
    std::vector<float> y(test.count * 10);
    net.predict_batch(test.x.data(), y.data(), test.count);
    std::size_t right = 0;
    for (std::size_t i = 0; i < test.count; ++i) {
        const float* const row = y.data() + 10 * i;
        right += std::max_element(row, row + 10) - row == test.y[i];
    }
    constexpr std::size_t few = 256;
    std::vector<float> bright(test.x.begin(), test.x.begin() + few * 784);
    for (float& pixel : bright)
        pixel = std::max(pixel, 1.0f / 255);
    const double alone = bench::median_seconds(51, 1, [&] {
        for (std::size_t i = 0; i < few; ++i)
            net.predict(std::span<const float, 784>(&bright[i * 784], 784),
                        std::span<float, 10>(&y[i * 10], 10));
    });
    const double together =
        bench::median_seconds(51, 1, [&] { net.predict_batch(bright.data(), y.data(), few); });
    std::printf("%s %.4f\n%s_kilobytes %.1f\n%s_alone_us %.3f\n%s_together_us %.3f\n", name.c_str(),
                static_cast<double>(right) / static_cast<double>(test.count), name.c_str(),
                static_cast<double>(bytes) / 1000, name.c_str(), alone / few * 1e6, name.c_str(),
                together / few * 1e6);
}
} // namespace

int main(int count, char** arguments) {
    const mnist::options settings(count, arguments);
    mnist_network net;
    net.set_weights(mnist::first_weights(settings.directory).all);
    train_and_print(net, settings);
    const mnist::images seen(settings.directory + "/train", 1000), test(settings.directory + "/test");
    using bfloat16_network = model<mnist_topology, float, weights<bfloat16>>;
    using int8_network = model<mnist_topology, float, weights<std::int8_t>>;
    print("float", net, test, mnist_network::layout::size * sizeof(float));
    print("bfloat16", bfloat16_network(net), test, bfloat16_network::parameter_bytes);
    print("int8", int8_network(net, seen.x.data(), seen.count), test, int8_network::parameter_bytes);
}
