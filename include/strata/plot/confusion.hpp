// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/samples.hpp>
#include <strata/expression/print.hpp>
#include <strata/plot/gnuplot.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::plot {

/// A confusion matrix [true class, predicted class] as a map of heat with its counts. `std::invalid_argument`
/// for another shape, numbers that are not finite and other file names, `plot_error` where the picture cannot
/// be drawn.
inline void confusion(const samples& matrix, std::span<const std::string> class_names,
                      const std::filesystem::path& file, std::string_view title = {}) {
    const std::size_t classes = class_names.size();
    if (classes == 0)
        bedrock::internal::raise(std::invalid_argument("plot: there are no class names"));
    const std::size_t rows = matrix.count(std::array{classes}, "plot: the confusion matrix");
    if (rows != classes)
        bedrock::internal::raise(std::invalid_argument(bedrock::internal::concatenate(
            "plot: the confusion matrix has ", rows, " rows, there are ", classes, " class names")));
    std::vector<double> counts(classes * classes);
    matrix.read(0, counts.size(), counts.data());
    for (std::size_t i = 0; i < counts.size(); ++i)
        if (!bedrock::internal::is_finite(counts[i]))
            bedrock::internal::raise(std::invalid_argument(bedrock::internal::concatenate(
                "plot: the confusion matrix is not finite at row ", i / classes, ", column ", i % classes)));
    // The colours' range, which must not be empty: of counts, or of shares.
    const double greatest = *std::max_element(counts.begin(), counts.end());
    const double largest = greatest > 0 ? greatest : 1.0;
    std::string data;
    std::string tics;
    for (std::size_t i = 0; i < classes; ++i) {
        for (std::size_t j = 0; j < classes; ++j) {
            internal::append(data, static_cast<double>(j));
            internal::append(data, static_cast<double>(i));
            internal::append(data, counts[i * classes + j]);
            data += '\n';
        }
        std::string name = class_names[i]; // tics are formats of numbers
        for (std::size_t place = 0; (place = name.find('%', place)) != name.npos; place += 2)
            name.insert(place, 1, '%');
        tics += bedrock::internal::concatenate(i == 0 ? "" : ", ", internal::literal(name), " ", i);
    }
    const std::size_t side = std::clamp<std::size_t>(60 * classes + 200, 400, 1600);
    internal::draw(
        file, {side + 60, side},
        bedrock::internal::concatenate(
            "$counts << end_of_data\n", data, "end_of_data\nset title ", internal::literal(title),
            "\nset xlabel 'predicted'\nset ylabel 'true'\nunset key\nunset grid\nset size square\nset xtics "
            "(",
            tics, ") rotate by -45\nset ytics (", tics,
            ")\nset palette defined (0 '#ffffff', 1 '#0072b2')\nset cbrange [0:",
            bedrock::internal::number_to_string(largest), "]\nset xrange [-0.5:", classes,
            "-0.5]\nset yrange [", classes,
            "-0.5:-0.5]\nplot $counts using 1:2:3 with image, '' using 1:2:($3 > ",
            bedrock::internal::number_to_string(largest / 2),
            " ? sprintf('%g', $3) : '') with labels tc rgb 'white', '' using 1:2:($3 > ",
            bedrock::internal::number_to_string(largest / 2),
            " ? '' : sprintf('%g', $3)) with labels tc rgb '#202020'\n"));
}

} // namespace strata::bedrock::inline STRATA_SETTING::plot

STRATA_HEADER_END
