// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/learning/metrics.hpp>
#include <strata/setting.hpp>
#include <strata/training/meter.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// A prediction and whether it should be true.
struct curve_point {
    double score;
    bool truth;
};

/// What is below a curve, from all points in any order: they are sorted, n log n.
inline double area_below(curve which, std::vector<curve_point> points) {
    constexpr double nan = detail::nan<double>;
    double truths = 0;
    for (const curve_point& point : points) {
        if (detail::is_not_a_number(point.score))
            return nan;
        truths += point.truth;
    }
    const double lies = static_cast<double>(points.size()) - truths;
    if (truths == 0 && which == curve::precision_recall)
        return 0;
    if (truths == 0 || (lies == 0 && which == curve::receiver_operating_characteristic))
        return nan;
    std::sort(points.begin(), points.end(),
              [](const curve_point& a, const curve_point& b) { return a.score > b.score; });
    double area = 0;
    double found = 0;    // true ones so far
    double mistaken = 0; // others so far
    for (std::size_t i = 0; i < points.size();) {
        // Equal predictions are one step of the curve.
        double more_found = 0;
        double more_mistaken = 0;
        const double score = points[i].score;
        for (; i < points.size() && points[i].score == score; ++i)
            (points[i].truth ? more_found : more_mistaken) += 1;
        if (which == curve::receiver_operating_characteristic)
            area += more_mistaken * (found + more_found / 2);
        found += more_found;
        mistaken += more_mistaken;
        if (which == curve::precision_recall)
            area += more_found * (found / (found + mistaken));
    }
    return which == curve::precision_recall ? area / truths : area / (truths * lies);
}
} // namespace internal

/// Keeps every prediction of a pass.
template <text Name, curve Curve, averaging Average, class Loss, std::size_t Rows, std::size_t Last, class T>
struct meter<curve_metric<Name, Curve, Average>, Loss, Rows, Last, T> {
    static constexpr std::size_t numbers = 2 * Rows * Last;
    static constexpr bool is_safe = true;

    static void measure_sample(const T* prediction, const target_of<Loss, T>* target,
                               double* measured) noexcept {
        for (std::size_t row = 0; row < Rows; ++row)
            for (std::size_t i = 0; i < Last; ++i) {
                *measured++ = static_cast<double>(prediction[row * Last + i]);
                *measured++ = internal::target_value<Loss, Last, T>(target, row, i) > T(0.5);
            }
    }

    struct total {
        std::vector<internal::curve_point> points;

        void reserve(std::size_t samples) {
            // Twice the room each time, since samples may come batch by batch.
            if (const std::size_t size = samples * Rows * Last; size > points.capacity())
                points.reserve(std::max(size, 2 * points.capacity()));
        }
        void add(const double* sample) {
            for (std::size_t i = 0; i < numbers; i += 2)
                points.push_back({sample[i], sample[i + 1] != 0});
        }
        [[nodiscard]] double value() const {
            if constexpr (Average == averaging::micro || Last == 1)
                return internal::area_below(Curve, points);
            else {
                double sum = 0;
                for (std::size_t output = 0; output < Last; ++output) {
                    std::vector<internal::curve_point> own;
                    own.reserve(points.size() / Last);
                    for (std::size_t i = output; i < points.size(); i += Last)
                        own.push_back(points[i]);
                    sum += internal::area_below(Curve, std::move(own));
                }
                return sum / static_cast<double>(Last);
            }
        }
    };
};

} // namespace strata::bedrock::inline STRATA_SETTING
