// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace engines {

/// The colours of a canvas's pixels, RGBA of bytes, as numbers 0 to 255 without the transparency.
inline void read_colours(std::span<const std::uint8_t> picture, std::span<float> colours) {
    for (std::size_t pixel = 0; pixel < picture.size() / 4; ++pixel)
        for (std::size_t channel = 0; channel < 3; ++channel)
            colours[pixel * 3 + channel] = picture[pixel * 4 + channel];
}

} // namespace engines
