// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "numbers.hpp"
#include "timing.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

/// What all programs about the kernels of a convolution have in common.
namespace sliding {

/// A convolution of square images, padded with as many zeros as leave `size / stride` results along an axis.
struct shape {
    std::size_t size, channels, filters, kernel, stride;

    bool operator==(const shape&) const = default;
    [[nodiscard]] constexpr std::size_t padding() const { return kernel / 2; }
    [[nodiscard]] constexpr std::size_t results() const {
        return (size + 2 * padding() - kernel) / stride + 1;
    }
    /// The floating-point operations, counting products with the zeros of the padding too.
    [[nodiscard]] constexpr double flops(std::size_t batch) const {
        return 2.0 *
               static_cast<double>(batch * results() * results() * filters * kernel * kernel * channels);
    }
};

/// All distinct convolutions of ResNet-50 with the strides in the 3 x 3 (version 1.5).
inline constexpr std::array resnet50{
    shape{224, 3, 64, 7, 2},    shape{56, 64, 64, 1, 1},    shape{56, 64, 64, 3, 1},
    shape{56, 64, 256, 1, 1},   shape{56, 256, 64, 1, 1},   shape{56, 256, 128, 1, 1},
    shape{56, 128, 128, 3, 2},  shape{28, 128, 512, 1, 1},  shape{56, 256, 512, 1, 2},
    shape{28, 512, 128, 1, 1},  shape{28, 128, 128, 3, 1},  shape{28, 512, 256, 1, 1},
    shape{28, 256, 256, 3, 2},  shape{14, 256, 1024, 1, 1}, shape{28, 512, 1024, 1, 2},
    shape{14, 1024, 256, 1, 1}, shape{14, 256, 256, 3, 1},  shape{14, 1024, 512, 1, 1},
    shape{14, 512, 512, 3, 2},  shape{7, 512, 2048, 1, 1},  shape{14, 1024, 2048, 1, 2},
    shape{7, 2048, 512, 1, 1},  shape{7, 512, 512, 3, 1}};

struct options {
    std::string kernel;
    shape geometry{};
    std::size_t batch = 0;

    options(int count, char** arguments) {
        if (count != 8)
            throw std::runtime_error(
                "expected forward|input_gradient|weight_gradient SIZE CHANNELS FILTERS KERNEL STRIDE BATCH");
        const auto number = [=](int i) { return std::strtoull(arguments[i], nullptr, 10); };
        kernel = arguments[1];
        geometry = {number(2), number(3), number(4), number(5), number(6)};
        batch = number(7);
    }
};

using bench::numbers;

/// Prints the lower quartile of several short runs, of three the fastest, since other programs on the
/// machine only add to the time.
template <class Call>
void time(const options& settings, Call call) {
    constexpr double run_flops = 6e7;
    constexpr double all_flops = 6e9;
    const double flops = settings.geometry.flops(settings.batch);
    const auto repeats = static_cast<std::size_t>(std::max(1.0, run_flops / flops));
    const auto runs =
        static_cast<std::size_t>(std::clamp(all_flops / (flops * static_cast<double>(repeats)), 3.0, 24.0));
    call();
    std::vector<double> times;
    for (std::size_t run = 0; run < runs; ++run)
        times.push_back(bench::median_seconds(1, repeats, call));
    std::sort(times.begin(), times.end());
    const double time = times[times.size() / 4];
    std::printf("microseconds %.3f\ngflops %.2f\n", time * 1e6, flops / time / 1e9);
}

} // namespace sliding
