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
void run(const options& with, Predict predict) {
    constexpr std::size_t many = 256;
    const mnist::images test(with.directory + "/test", with.mode == "start" ? 1 : 8192);
    std::vector<float> y(test.count * 10);
    if (with.mode == "start")
        predict(test.x.data(), y.data(), 1);
    else {
        const std::size_t at_once = with.mode == "one" ? 1 : many;
        std::vector<double> times;
        for (int run = 0; run < 12; ++run)
            times.push_back(bench::seconds([&] {
                                for (std::size_t i = 0; i + at_once <= test.count; i += at_once)
                                    predict(&test.x[i * 784], &y[i * 10], at_once);
                            }) /
                            static_cast<double>(test.count / at_once * at_once));
        std::sort(times.begin() + 2, times.end()); // the first two warm up
        std::printf("seconds %.9f\n", times[7]);
    }
    std::printf("first %.5f\n", static_cast<double>(*std::max_element(y.begin(), y.begin() + 10)));
}

} // namespace prediction
