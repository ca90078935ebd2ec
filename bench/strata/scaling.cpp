// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Trains a network of DEPTH hidden layers of WIDTH, which the compiler is told, on noise: GFLOP/s at
// batch 32.
#include <strata/strata.hpp>

#include "bedrock.hpp"
#include "peers/mnist.hpp"

using namespace strata;

namespace {

template <std::size_t Depth>
constexpr auto hidden(auto layers) {
    if constexpr (Depth == 0)
        return layers;
    else
        return hidden<Depth - 1>(layers | dense<WIDTH> | relu);
}
constexpr auto deep_topology = hidden<DEPTH>(input<WIDTH>) | dense<10> | softmax;

} // namespace

int main() {
    using network = model<deep_topology>;
    constexpr double flops = 6.0 * network::parameter_count; // less the first layer's input gradient
    const auto samples = static_cast<std::size_t>(std::clamp(1e10 / flops, 64.0, 10'000.0)) / 32 * 32;
    random_sequence random(seed{1}, draw_purpose::split);
    std::vector<float> x(samples * WIDTH);
    for (float& each : x)
        each = static_cast<float>(random.uniform()) + 0.01f;
    std::vector<std::uint8_t> y(samples);
    for (std::size_t i = 0; i < samples; ++i)
        y[i] = static_cast<std::uint8_t>(i % 10);
    network net{seed{7}};
    trainer teach{net, sparse_categorical_crossentropy, adam{}};
    double fastest = 1e9;
    for (int epoch = 0; epoch < 4; ++epoch)
        fastest = std::min(
            fastest, bench::seconds([&] {
                teach.fit(x, y,
                          {.batch_size = 32, .verbose = verbosity::silent, .threads = bench::threads()});
            }));
    std::printf("gflops %.3f\nmicroseconds %.3f\nparameters %zu\n",
                (flops - 2.0 * WIDTH * WIDTH) * static_cast<double>(samples) / fastest / 1e9,
                fastest / static_cast<double>(samples) * 1e6, network::parameter_count);
}
