// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/samples.hpp>
#include <strata/plot/figure.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <cstdint>
#include <map>

namespace strata::bedrock::inline STRATA_SETTING::plot {

namespace internal {
/// Points of the plane, grouped by their classes, and the rectangle that holds them all.
struct class_points {
    struct coordinates {
        std::vector<double> x;
        std::vector<double> y;
    };
    std::map<std::int32_t, coordinates> groups;
    double left = 0, right = 0, bottom = 0, top = 0;

    class_points(const samples& points, const samples& labels) {
        const std::size_t count = points.count(std::array<std::size_t, 1>{2}, "plot: the array of points");
        const std::size_t label_count =
            labels.count(std::array<std::size_t, 1>{1}, "plot: the array of labels");
        if (count != label_count)
            bedrock::internal::raise(std::invalid_argument(bedrock::internal::concatenate(
                "plot: there are ", count, " points and ", label_count, " labels")));
        if (count == 0)
            bedrock::internal::raise(std::invalid_argument("plot: there are no points to draw"));
        for (std::size_t i = 0; i < count; ++i) {
            std::array<double, 2> point{};
            std::int32_t label = 0;
            points.read(2 * i, 2, point.data());
            labels.read(i, 1, &label);
            groups[label].x.push_back(point[0]);
            groups[label].y.push_back(point[1]);
            left = i == 0 ? point[0] : std::min(left, point[0]);
            right = i == 0 ? point[0] : std::max(right, point[0]);
            bottom = i == 0 ? point[1] : std::min(bottom, point[1]);
            top = i == 0 ? point[1] : std::max(top, point[1]);
        }
    }
};
} // namespace internal

/// Points of a clustering in a colour for each cluster, and its centers. points: [n, 2], labels: [n],
/// centers: [k, 2]. `std::invalid_argument` for other shapes and file names, `plot_error` where the picture
/// cannot be drawn.
inline void clusters(const samples& points, const samples& labels, const samples& centers,
                     const std::filesystem::path& file, std::string title = {}) {
    const internal::class_points classes(points, labels);
    figure picture(std::move(title));
    picture.axes("feature 0", "feature 1");
    for (const auto& [label, group] : classes.groups)
        picture.scatter(group.x, group.y, bedrock::internal::concatenate("cluster ", std::to_string(label)));
    std::vector<double> x;
    std::vector<double> y;
    const std::size_t count = centers.count(std::array<std::size_t, 1>{2}, "plot: the array of centers");
    for (std::size_t i = 0; i < count; ++i) {
        std::array<double, 2> center{};
        centers.read(2 * i, 2, center.data());
        x.push_back(center[0]);
        y.push_back(center[1]);
    }
    picture.marks(x, y, "centers").save(file);
}

/// The regions in which a classifier of two features decides for each class, and labelled points drawn over
/// them. `predict(x, y)` returns a class from 0; points: [n, 2], labels: [n]. Errors as of `clusters`.
template <class Predict>
void decision_boundary(Predict predict, const samples& points, const samples& labels,
                       const std::filesystem::path& file, std::string title = {}) {
    constexpr std::size_t steps = 200;
    const internal::class_points classes(points, labels);
    const double width = (classes.right - classes.left) * 1.1;
    const double height = (classes.top - classes.bottom) * 1.1;
    const double left = classes.left - width / 22;
    const double bottom = classes.bottom - height / 22;
    std::string regions;
    std::int32_t largest_class = classes.groups.rbegin()->first;
    for (std::size_t j = 0; j < steps; ++j)
        for (std::size_t i = 0; i < steps; ++i) {
            const double x = left + width * static_cast<double>(i) / (steps - 1);
            const double y = bottom + height * static_cast<double>(j) / (steps - 1);
            const auto class_number = static_cast<std::int32_t>(predict(x, y));
            largest_class = std::max(largest_class, class_number);
            internal::append(regions, x);
            internal::append(regions, y);
            internal::append(regions, static_cast<double>(class_number));
            regions += '\n';
        }
    figure picture(std::move(title));
    picture.axes("feature 0", "feature 1")
        .regions(std::move(regions), static_cast<std::size_t>(largest_class) + 1);
    for (const auto& [label, group] : classes.groups)
        picture.scatter(group.x, group.y, bedrock::internal::concatenate("class ", std::to_string(label)),
                        figure::colours[static_cast<std::size_t>(label) % figure::colours.size()]);
    picture.save(file);
}

} // namespace strata::bedrock::inline STRATA_SETTING::plot

STRATA_HEADER_END
