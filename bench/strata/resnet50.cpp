// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// ResNet-50, one image at a time: resnet50 DIRECTORY. The weights and the image are those that the peers
// read.
#include "../../examples/networks/resnet50.hpp"
#include "memory.hpp"
#include "peers/mnist.hpp"

#include <strata/model/model.hpp>

using resnet50 = strata::model<networks::resnet50>;

int main(int count, char** arguments) {
    if (count != 2) {
        std::fputs("resnet50 DIRECTORY\n", stderr);
        return 2;
    }
    const std::string directory = arguments[1];
    resnet50 net;
    net.set_weights(bench::read_numbers<float>(directory + "/weights.f32"));
    const auto image = bench::read_numbers<float>(directory + "/image.f32");
    const std::span<const float, resnet50::input_size> x(image.data(), resnet50::input_size);
    std::vector<float> logits(resnet50::output_size);
    const std::span<float, resnet50::output_size> y(logits.data(), resnet50::output_size);
    const auto predict = [&] { net.predict(x, y); };

    for (int run = 0; run < 5; ++run)
        predict();
    bench::forget_peak();
    std::vector<double> times;
    for (int run = 0; run < 10; ++run)
        times.push_back(bench::seconds(predict));
    std::printf("milliseconds %.3f\n", 1e3 * bench::median(times));
    std::printf("megabytes %.0f\n", bench::peak_megabytes());
    std::printf("first %.4f\n", static_cast<double>(*std::max_element(logits.begin(), logits.end())));
}
