// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "raw_file.hpp"
#include "timing.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

/// What the peers' programs read: raw copies of MNIST and of the network's first weights.
namespace mnist {

struct images {
    std::vector<float> x; ///< [count][784], from 0 to 1
    std::vector<std::uint8_t> y;
    std::size_t count;

    explicit images(const std::string& part, std::size_t limit = 60'000)
        : y(bench::read_numbers<std::uint8_t>(part + "_y.u8")), count(std::min(limit, y.size())) {
        const auto pixels = bench::read_numbers<std::uint8_t>(part + "_x.u8");
        for (std::size_t i = 0; i < count * 784; ++i)
            x.push_back(static_cast<float>(pixels[i]) / 255.0f);
    }
};

/// The network's first weights in Keras's order: kernels are [inputs][outputs].
struct first_weights {
    std::vector<float> all;
    const float *kernel1, *bias1, *kernel2, *bias2;

    explicit first_weights(const std::string& directory)
        : all(bench::read_numbers<float>(directory + "/weights.f32")),
          kernel1(all.data()),
          bias1(kernel1 + 784 * 512),
          kernel2(bias1 + 512),
          bias2(kernel2 + 512 * 10) {}
};

/// The arguments of PROGRAM DIRECTORY BATCH IMAGES EPOCHS.
struct options {
    std::string directory;
    std::size_t batch, images, epochs;

    options(int count, char** arguments) {
        if (count != 5)
            throw std::runtime_error("expected DIRECTORY BATCH IMAGES EPOCHS");
        directory = arguments[1];
        batch = std::strtoull(arguments[2], nullptr, 10);
        images = std::strtoull(arguments[3], nullptr, 10);
        epochs = std::strtoull(arguments[4], nullptr, 10);
    }
};

} // namespace mnist
