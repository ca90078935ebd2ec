// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace engines {

/// A point of a body in parts of a picture's height and width, and how sure it is, 0 to 1.
struct pose_point {
    float y, x, score;
};
/// Nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles; of each pair the person's left comes
/// first.
inline constexpr std::size_t pose_point_count = 17;

/// The places of MoveNet's heads, along each side.
inline constexpr std::size_t pose_places = 48;

/// The points that MoveNet's heads say (movenet.hpp), as its own file computes them behind the heads: the
/// person is the one whose centre is surest, weighed by its distance to the picture's middle; each of its
/// points is the place that is surest to have one, weighed by the distance to where the centre's place
/// expects it. O(places x points).
inline std::array<pose_point, pose_point_count> pose_points(std::span<const float> centre,
                                                            std::span<const float> heat,
                                                            std::span<const float> regression,
                                                            std::span<const float> offset) {
    constexpr std::size_t places = pose_places * pose_places;
    constexpr float nearness = 1.8f; // is added to distances, as there
    const auto probability = [](float logit) { return 1 / (1 + std::exp(-logit)); };
    const auto distance = [](float y, float x) { return std::sqrt(y * y + x * x) + nearness; };
    const auto row = [](std::size_t place) { return static_cast<float>(place / pose_places); };
    const auto column = [](std::size_t place) { return static_cast<float>(place % pose_places); };
    constexpr float middle = pose_places / 2;

    std::size_t person = 0;
    float best = -1;
    for (std::size_t place = 0; place < places; ++place) {
        const float sure = probability(centre[place]) / distance(row(place) - middle, column(place) - middle);
        if (sure > best) {
            best = sure;
            person = place;
        }
    }
    std::array<pose_point, pose_point_count> result;
    for (std::size_t point = 0; point < pose_point_count; ++point) {
        const float* const expected = &regression[(person * pose_point_count + point) * 2];
        const float y = row(person) + expected[0];
        const float x = column(person) + expected[1];
        std::size_t chosen = 0;
        best = -1;
        for (std::size_t place = 0; place < places; ++place) {
            const float sure = probability(heat[place * pose_point_count + point]) /
                               distance(row(place) - y, column(place) - x);
            if (sure > best) {
                best = sure;
                chosen = place;
            }
        }
        const float* const within = &offset[(chosen * pose_point_count + point) * 2];
        result[point] = {(row(chosen) + within[0]) / pose_places, (column(chosen) + within[1]) / pose_places,
                         probability(heat[chosen * pose_point_count + point])};
    }
    return result;
}

/// Points as a network reads them, the same wherever in the picture the person is and however large: y and x
/// from the middle of the sure points' box, in parts of its longer side, times the score, and the score.
/// Points below `least_score` are nothing.
inline void normalize_pose(std::span<const pose_point> points, std::span<float> features) {
    constexpr float least_score = 0.1f;
    float top = 2, bottom = -2, left = 2, right = -2;
    for (const pose_point& each : points)
        if (each.score >= least_score) {
            top = std::min(top, each.y);
            bottom = std::max(bottom, each.y);
            left = std::min(left, each.x);
            right = std::max(right, each.x);
        }
    const float side = std::max({bottom - top, right - left, 1e-6f});
    for (std::size_t i = 0; i < points.size(); ++i) {
        const float score = points[i].score >= least_score ? points[i].score : 0.0f;
        features[3 * i] = score * (points[i].y - (top + bottom) / 2) / side;
        features[3 * i + 1] = score * (points[i].x - (left + right) / 2) / side;
        features[3 * i + 2] = score;
    }
}

} // namespace engines
