// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/raise.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

/// Colours of pixels, [height, width, 3], from 0 to 1.
struct colour_image {
    std::size_t height = 0;
    std::size_t width = 0;
    std::vector<float> values;
};

/// For each new pixel along one axis: the old pixels that it is the mean of, and their weights.
struct interpolation {
    struct taps {
        std::size_t first;
        std::vector<float> weights;
    };
    std::vector<taps> pixels;

    interpolation(std::size_t old_size, std::size_t new_size) {
        const double scale = static_cast<double>(old_size) / static_cast<double>(new_size);
        const double reach = std::max(scale, 1.0);
        for (std::size_t i = 0; i < new_size; ++i) {
            const double center = (static_cast<double>(i) + 0.5) * scale;
            const auto first = static_cast<std::size_t>(std::max(center - reach + 0.5, 0.0));
            const auto end = std::min(old_size, static_cast<std::size_t>(center + reach + 0.5));
            std::vector<double> weights;
            double sum = 0;
            for (std::size_t j = first; j < end; ++j) {
                const double distance = std::abs(static_cast<double>(j) + 0.5 - center) / reach;
                weights.push_back(std::max(1 - distance, 0.0));
                sum += weights.back();
            }
            taps result{first, {}};
            for (const double weight : weights)
                result.weights.push_back(static_cast<float>(weight / sum));
            pixels.push_back(std::move(result));
        }
    }
};

/// Resizes the middle axis of numbers [outer, old_size, inner].
inline std::vector<float> resize_axis(const std::vector<float>& numbers, std::size_t outer,
                                      std::size_t old_size, std::size_t new_size, std::size_t inner) {
    const interpolation axis(old_size, new_size);
    std::vector<float> result(outer * new_size * inner);
    for (std::size_t o = 0; o < outer; ++o)
        for (std::size_t i = 0; i < new_size; ++i) {
            const auto& [first, weights] = axis.pixels[i];
            float* const destination = result.data() + (o * new_size + i) * inner;
            for (std::size_t tap = 0; tap < weights.size(); ++tap)
                for (std::size_t k = 0; k < inner; ++k)
                    destination[k] += weights[tap] * numbers[(o * old_size + first + tap) * inner + k];
        }
    return result;
}

/// The image at another size, by linear interpolation. Where the size is smaller, each pixel is the mean of
/// those that it covers, weighted by a triangle, as in the Python imaging library and torchvision.
inline colour_image resize(const colour_image& image, std::size_t height, std::size_t width) {
    colour_image result{height, width, {}};
    result.values = resize_axis(resize_axis(image.values, image.height, image.width, width, 3), 1,
                                image.height, height, width * 3);
    return result;
}

/// The middle of an image.
inline colour_image crop(const colour_image& image, std::size_t height, std::size_t width) {
    if (height > image.height || width > image.width)
        strata::bedrock::internal::raise(std::invalid_argument("the image is too small to be cropped"));
    colour_image result{height, width, {}};
    // Rounded to the nearest whole number, a half to the even one, as torchvision does.
    const auto margin = [](std::size_t outer_size, std::size_t inner_size) {
        return static_cast<std::size_t>(std::nearbyint(static_cast<double>(outer_size - inner_size) / 2));
    };
    const std::size_t top = margin(image.height, height);
    const std::size_t left = margin(image.width, width);
    for (std::size_t y = 0; y < height; ++y) {
        const auto first =
            image.values.begin() + static_cast<std::ptrdiff_t>(((top + y) * image.width + left) * 3);
        result.values.insert(result.values.end(), first, first + static_cast<std::ptrdiff_t>(width * 3));
    }
    return result;
}

/// What a classifier of torchvision sees of an image. The shorter side becomes 256 pixels for a network that
/// sees 224, and as many times larger or smaller for others; then the middle is taken, and the colours are
/// scaled.
inline std::vector<float> classifier_input(const colour_image& image, std::size_t side,
                                           const std::array<float, 3>& mean,
                                           const std::array<float, 3>& deviation) {
    const auto scaled_side = static_cast<std::size_t>(std::lround(static_cast<double>(side) * 256 / 224));
    const std::size_t shorter_side = std::min(image.height, image.width);
    auto [height, width, values] = crop(
        resize(image, scaled_side * image.height / shorter_side, scaled_side * image.width / shorter_side),
        side, side);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = (values[i] - mean[i % 3]) / deviation[i % 3];
    return std::move(values);
}
