// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// What does a prediction of the MNIST network cost on one thread, one sample at a time and 256 at once,
// beside the floors: reading its weights from the cache that holds them, and the processor's peak in
// multiply-adds?
#include <strata/strata.hpp>

#include "timing.hpp"

#include <cstdio>

#ifdef _OPENMP
#    include <omp.h>
#endif

using namespace strata;
using network = model<input<28, 28> | flatten | dense<512> | relu | dropout<0.2> | dense<10> | softmax>;

int main() {
#ifdef _OPENMP
    omp_set_num_threads(1);
#endif
    const network net{seed{7}};
    constexpr std::size_t samples = 256;
    aligned_vector<float> x(samples * network::input_size);
    random_sequence random(seed{1}, stream::split);
    for (float& pixel : x)
        pixel = static_cast<float>(random.uniform());
    aligned_vector<float> y(samples * network::output_size);

    std::vector<double> single;
    std::vector<double> batch;
    std::vector<double> read;
    std::vector<double> peak;
    const std::size_t bytes = network::parameter_count * sizeof(float);
    for (int run = 0; run < 15; ++run) {
        single.push_back(bench::seconds([&] {
                             for (std::size_t i = 0; i < samples; ++i)
                                 net.predict(std::span<const float, network::input_size>(
                                                 &x[i * network::input_size], network::input_size),
                                             std::span<float, network::output_size>(
                                                 &y[i * network::output_size], network::output_size));
                         }) /
                         samples);
        batch.push_back(bench::seconds([&] {
                            for (int repeat = 0; repeat < 8; ++repeat)
                                net.predict_batch(x.data(), y.data(), samples);
                        }) /
                        8);
        read.push_back(bench::read_seconds(bytes, samples));
        peak.push_back(bench::peak_flops<float>());
    }
    const double floor = static_cast<double>(samples * network::flops_per_sample) / bench::median(peak);
    std::printf("one at a time: %.2f us; reading the weights alone: %.2f us; ratio %.2f\n",
                bench::median(single) * 1e6, bench::median(read) * 1e6,
                bench::median(single) / bench::median(read));
    std::printf("256 at once: %.0f a second; at the peak of %.0f GFLOP/s: %.0f; ratio %.2f\n",
                samples / bench::median(batch), bench::median(peak) / 1e9, samples / floor,
                bench::median(batch) / floor);
}
