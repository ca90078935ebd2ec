// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/samples.hpp>
#include <strata/plot/gnuplot.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::plot {

/// Grey images side by side in rows, dark where their numbers are large, each with a caption above it.
/// images: [n, height, width] of any numbers; captions: n, or none. `std::invalid_argument` for other shapes,
/// numbers of captions and file names, `plot_error` where the picture cannot be drawn.
inline void image_grid(const samples& images, std::size_t height, std::size_t width,
                       std::span<const std::string> captions, const std::filesystem::path& file,
                       std::size_t columns = 8) {
    const std::size_t count =
        height * width == 0 ? 0 : images.count(std::array{height, width}, "plot: the array of images");
    if (count == 0 || columns == 0)
        bedrock::internal::raise(std::invalid_argument("plot: there are no images to draw"));
    if (!captions.empty() && captions.size() != count)
        bedrock::internal::raise(std::invalid_argument(bedrock::internal::concatenate(
            "plot: there are ", count, " images and ", captions.size(), " captions")));
    columns = std::min(columns, count);
    const std::size_t rows = (count + columns - 1) / columns;
    const bool named = !captions.empty();
    // Gaps are fractions of a cell, so that they look the same whatever the number of cells.
    std::string script = bedrock::internal::concatenate(
        "set multiplot layout ", rows, ",", columns, " margins 0.03/", columns, ",1-0.03/", columns, ",0.03/",
        rows, ",1-", named ? "0.18/" : "0.03/", rows, " spacing 0.06/", columns, ",",
        named ? "0.21/" : "0.06/", rows,
        "\nunset tics\nunset key\nunset colorbox\nunset grid\nset palette gray negative\n"
        "set size ratio -1\nset title offset 0,-0.7\n");
    std::vector<float> pixels(height * width);
    for (std::size_t i = 0; i < count; ++i) {
        images.read(i * pixels.size(), pixels.size(), pixels.data());
        script += bedrock::internal::concatenate("$image", i, " << end_of_data\n");
        for (std::size_t y = 0; y < height; ++y) {
            for (std::size_t x = 0; x < width; ++x)
                internal::append(script, static_cast<double>(pixels[y * width + x]));
            script += '\n';
        }
        script += bedrock::internal::concatenate(
            "end_of_data\nset title ", internal::literal(captions.empty() ? std::string_view{} : captions[i]),
            "\nplot [-0.5:", width, "-0.5] [", height, "-0.5:-0.5] $image", i, " matrix with image\n");
    }
    internal::draw(
        file,
        {std::max<std::size_t>(120 * columns, 240), (named ? std::size_t{140} : std::size_t{120}) * rows},
        script + "unset multiplot\n");
}

} // namespace strata::bedrock::inline STRATA_SETTING::plot

STRATA_HEADER_END
