// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "peers/mnist.hpp"

#include <algorithm>

/// What all C++ programs that predict have in common.
namespace prediction {

struct options {
    std::string directory, mode;

    options(int count, char** arguments) {
        if (count != 3)
            throw std::runtime_error("expected DIRECTORY one|many|start");
        directory = arguments[1];
        mode = arguments[2];
    }
};

/// Calls predict(x, y, samples) and prints the seconds an image, and the first prediction.
template <class Predict>
void run(const options& settings, Predict predict) {
    constexpr std::size_t large_batch = 256;
    const std::size_t images = settings.mode == "start" ? 1 : settings.mode == "one" ? 2048 : 4096;
    const mnist::images test(settings.directory + "/test", images);
    std::vector<float> y(test.count * 10);
    if (settings.mode == "start")
        predict(test.x.data(), y.data(), 1);
    else {
        const std::size_t batch_size = settings.mode == "one" ? 1 : large_batch;
        std::vector<double> times;
        for (int run = 0; run < 12; ++run)
            times.push_back(bench::seconds([&] {
                                for (std::size_t i = 0; i + batch_size <= test.count; i += batch_size)
                                    predict(&test.x[i * 784], &y[i * 10], batch_size);
                            }) /
                            static_cast<double>(test.count / batch_size * batch_size));
        std::sort(times.begin() + 2, times.end()); // the first two warm up
        std::printf("seconds %.9f\n", times[7]);
    }
    std::printf("first %.5f\n", static_cast<double>(*std::max_element(y.begin(), y.begin() + 10)));
}

} // namespace prediction
