// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/datasets.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

/// Images of 28 x 28 pixels as text, side by side; `darkness(image, row, column)` is in [0, 1]. A character
/// stands for two pixels, one above the other, since it is about twice as high as wide.
template <class Darkness>
void print_images(std::size_t count, const Darkness& darkness) {
    constexpr std::string_view shades = " .:-=+*#%@";
    for (std::size_t row = 0; row < 28; row += 2) {
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t column = 0; column < 28; ++column) {
                const float darkness_sum = darkness(i, row, column) + darkness(i, row + 1, column);
                std::putchar(shades[static_cast<std::size_t>(darkness_sum *
                                                             static_cast<float>(shades.size() - 1) / 2)]);
            }
            std::fputs("  ", stdout);
        }
        std::putchar('\n');
    }
}

/// The first images, three in a row, each with what a network takes it for.
inline void show_first(std::size_t count, const strata::labelled_images& images,
                       const xt::xtensor<float, 2>& predictions) {
    constexpr std::size_t columns = 3;
    for (std::size_t first = 0; first < count; first += columns) {
        const std::size_t end = std::min(first + columns, count);
        print_images(end - first, [&](std::size_t i, std::size_t row, std::size_t column) {
            return images.x(first + i, row, column);
        });
        for (std::size_t i = first; i < end; ++i) {
            const float* const p = &predictions(i, 0);
            const auto best = static_cast<std::size_t>(std::max_element(p, p + 10) - p);
            int width =
                std::printf("%s %ld %%", images.class_names[best].c_str(), std::lround(100 * p[best]));
            if (best != images.y(i))
                width += std::printf(", is %s", images.class_names[images.y(i)].c_str());
            std::printf("%*s", std::max(30 - width, 0), "");
        }
        std::puts("\n");
    }
}
