// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "colour_image.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

/// Reads a PNG, JPEG, BMP or PNM file. `std::runtime_error` says why that fails.
colour_image read_image(const std::string& file);

/// Writes a grey PNG file of pixels [height, width]. `std::runtime_error` where that fails.
void write_grey_png(const std::string& file, std::size_t height, std::size_t width,
                    std::span<const std::uint8_t> pixels);
