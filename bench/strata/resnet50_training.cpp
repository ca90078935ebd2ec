// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Training of ResNet-50 by batches: resnet50_training SAMPLES. What it holds, and what a step takes.
#include "../../examples/networks/resnet50.hpp"
#include "bedrock.hpp"
#include "memory.hpp"
#include "timing.hpp"

#include <strata/strata.hpp>

#include <cstdio>
#include <cstdlib>

using resnet50 = strata::model<networks::resnet50>;

int main(int count, char** arguments) {
    if (count != 2) {
        std::fputs("resnet50_training SAMPLES\n", stderr);
        return 2;
    }
    const auto samples = static_cast<std::size_t>(std::atoi(arguments[1]));
    resnet50 net{strata::seed{7}};
    constexpr auto loss = strata::from_logits(strata::sparse_categorical_crossentropy);
    strata::trainer teach{net, loss, strata::sgd_momentum{}};
    std::vector<float> x(samples * resnet50::input_size);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = static_cast<float>(i * 2654435761u % 1024) / 512 - 1;
    std::vector<int> y(samples);
    for (std::size_t i = 0; i < samples; ++i)
        y[i] = static_cast<int>(37 * i % 1000);
    const auto step = [&] { teach.train_on_batch(x, y); };

    step();
    bench::forget_peak();
    std::vector<double> times;
    for (int run = 0; run < 2; ++run)
        times.push_back(bench::seconds(step));
    std::printf("megabytes %.0f\n", bench::peak_megabytes());
    std::printf("seconds %.3f\n", bench::median(times));
    using workspace = strata::bedrock::training_pass<resnet50::topology, float,
                                                     std::remove_const_t<decltype(loss)>>::workspace;
    constexpr double megabyte = 1 << 20;
    std::printf("workspace %.0f\n", static_cast<double>(workspace::bytes_of(samples, bench::threads(),
                                                                            strata::bedrock::default_piece)) /
                                        megabyte);
    std::printf("weights %.0f\n", static_cast<double>(2 * net.parameter_block().size_bytes()) / megabyte);
}
