// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/learning/metrics.hpp>
#include <strata/setting.hpp>
#include <strata/training/meter.hpp>

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// A prediction and whether it should be true.
struct curve_point {
    double score;
    bool truth;

    static constexpr double weight = 1;
};
struct weighted_point {
    double score;
    bool truth;
    double weight;
};

/// What is below a curve, from all points in any order: they are sorted, n log n.
template <class Point>
double area_below(curve which, std::vector<Point> points) {
    constexpr double nan = detail::nan<double>;
    double truths = 0;
    double lies = 0;
    for (const Point& point : points) {
        if (detail::is_not_a_number(point.score))
            return nan;
        (point.truth ? truths : lies) += point.weight;
    }
    if (truths == 0 && which == curve::precision_recall)
        return 0;
    if (truths == 0 || (lies == 0 && which == curve::receiver_operating_characteristic))
        return nan;
    std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.score > b.score; });
    double area = 0;
    double found = 0;    // true ones so far
    double mistaken = 0; // others so far
    for (std::size_t i = 0; i < points.size();) {
        // Equal predictions are one step of the curve.
        double more_found = 0;
        double more_mistaken = 0;
        const double score = points[i].score;
        for (; i < points.size() && points[i].score == score; ++i)
            (points[i].truth ? more_found : more_mistaken) += points[i].weight;
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

/// Keeps every prediction of a pass, and with `weighs_rows` what it counts; those that count 0 are left out.
template <curve Curve, averaging Average, class Loss, std::size_t Rows, std::size_t Last, class T,
          class Point>
struct curve_meter {
    static constexpr bool is_weighted = std::is_same_v<Point, internal::weighted_point>;
    static constexpr std::size_t step = is_weighted ? 3 : 2;
    static constexpr std::size_t numbers = step * Rows * Last;
    static constexpr bool is_safe = true;

    template <class Weight>
    static void measure_rows(const T* prediction, const target_of<Loss, T>* target, double* measured,
                             [[maybe_unused]] const Weight& weight) noexcept {
        for (std::size_t row = 0; row < Rows; ++row)
            for (std::size_t i = 0; i < Last; ++i) {
                *measured++ = static_cast<double>(prediction[row * Last + i]);
                *measured++ = internal::target_value<Loss, Last, T>(target, row, i) > T(0.5);
                if constexpr (is_weighted)
                    *measured++ = weight(row);
            }
    }

    struct total {
        std::vector<Point> points;

        void reserve(std::size_t samples) {
            // Twice the room each time, since samples may come batch by batch.
            if (const std::size_t size = samples * Rows * Last; size > points.capacity())
                points.reserve(std::max(size, 2 * points.capacity()));
        }
        void add(const double* sample) {
            for (std::size_t i = 0; i < numbers; i += step)
                if constexpr (!is_weighted)
                    points.push_back({sample[i], sample[i + 1] != 0});
                else if (sample[i + 2] != 0)
                    points.push_back({sample[i], sample[i + 1] != 0, sample[i + 2]});
        }
        [[nodiscard]] double value() const {
            if constexpr (Average == averaging::micro || Last == 1)
                return internal::area_below(Curve, points);
            else {
                double sum = 0;
                for (std::size_t output = 0; output < Last; ++output) {
                    std::vector<Point> own;
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

template <text Name, curve Curve, averaging Average, class Loss, std::size_t Rows, std::size_t Last, class T>
struct meter<curve_metric<Name, Curve, Average>, Loss, Rows, Last, T>
    : curve_meter<Curve, Average, Loss, Rows, Last, T, internal::curve_point> {
    struct weighing : curve_meter<Curve, Average, Loss, Rows, Last, T, internal::weighted_point> {
        static constexpr bool weighs_rows = true;
    };

    static void measure_sample(const T* prediction, const target_of<Loss, T>* target,
                               double* measured) noexcept {
        meter::measure_rows(prediction, target, measured, [](std::size_t) { return 1.0; });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
