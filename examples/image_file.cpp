// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "image_file.hpp"

#include <stb_image.h>
#include <stb_image_write.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

colour_image read_image(const std::string& file) {
    int width = 0;
    int height = 0;
    int channels = 0;
    const std::unique_ptr<stbi_uc, void (*)(void*)> bytes(
        stbi_load(file.c_str(), &width, &height, &channels, 3), stbi_image_free);
    if (bytes == nullptr)
        throw std::runtime_error(file + ": no image that can be read: " + stbi_failure_reason());
    colour_image result{static_cast<std::size_t>(height), static_cast<std::size_t>(width), {}};
    result.values.resize(result.height * result.width * 3);
    std::transform(bytes.get(), bytes.get() + result.values.size(), result.values.begin(),
                   [](stbi_uc byte) { return static_cast<float>(byte) / 255; });
    return result;
}

void write_grey_png(const std::string& file, std::size_t height, std::size_t width,
                    std::span<const std::uint8_t> pixels) {
    if (stbi_write_png(file.c_str(), static_cast<int>(width), static_cast<int>(height), 1, pixels.data(),
                       static_cast<int>(width)) == 0)
        throw std::runtime_error(file + ": cannot be written");
}
