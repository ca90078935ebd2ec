// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Colours of pixels, [height, width, 3], from 0 to 1.
struct colour_image {
    std::size_t height = 0;
    std::size_t width = 0;
    std::vector<float> values;
};

/// Reads a PNG, JPEG, BMP or PNM file. `std::runtime_error` says why that fails.
colour_image read_image(const std::string& file);

/// The image at another size, by linear interpolation. Where the size is smaller, each pixel is the mean of
/// those that it covers, weighted by a triangle, as in the Python imaging library and torchvision.
colour_image resize(const colour_image& image, std::size_t height, std::size_t width);

/// The middle of an image.
colour_image crop(const colour_image& image, std::size_t height, std::size_t width);

/// Writes a grey PNG file of pixels [height, width]. `std::runtime_error` where that fails.
void write_grey_png(const std::string& file, std::size_t height, std::size_t width,
                    std::span<const std::uint8_t> pixels);
