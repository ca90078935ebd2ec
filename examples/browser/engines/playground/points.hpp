// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/initializer.hpp>
#include <strata/model/parameters.hpp>
#include <strata/random/philox.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <string_view>
#include <vector>

namespace playground {

struct point {
    double x;
    double y;
    double label; ///< -1 or 1 of a class, or any number in [-1, 1]
};

namespace detail {
/// Draws what the data sets of TensorFlow's playground are made of, of a seed.
class point_source {
public:
    point_source(strata::seed key, double noise)
        : random_(key, strata::bedrock::draw_purpose::split), noise_(noise) {}

    double uniform(double low, double high) { return low + (high - low) * random_.uniform(); }
    /// What the noise moves a coordinate by, where data reach that far.
    double shift(double radius) { return uniform(-radius, radius) * noise_; }
    double normal(double mean, double variance) {
        return mean + strata::bedrock::internal::draw(random_, strata::bedrock::distribution::normal,
                                                      std::sqrt(variance));
    }
    [[nodiscard]] double noise() const { return noise_; }
    void shuffle(std::vector<point>& points) { random_.shuffle(points); }

private:
    strata::bedrock::random_sequence random_;
    double noise_;
};

/// A disc and a ring around it.
inline void add_circle(std::vector<point>& points, std::size_t count, point_source& source) {
    constexpr double radius = 5;
    for (std::size_t i = 0; i < count; ++i) {
        const bool is_inner = i < count / 2;
        const double r = is_inner ? source.uniform(0, 0.5 * radius) : source.uniform(0.7 * radius, radius);
        const double angle = source.uniform(0, 2 * std::numbers::pi);
        const double x = r * std::sin(angle);
        const double y = r * std::cos(angle);
        const double shift_x = source.shift(radius);
        const double shift_y = source.shift(radius);
        points.push_back({x, y, std::hypot(x + shift_x, y + shift_y) < 0.5 * radius ? 1.0 : -1.0});
    }
}

/// Quarters of a square, with a gap between them.
inline void add_quarters(std::vector<point>& points, std::size_t count, point_source& source) {
    constexpr double gap = 0.3;
    for (std::size_t i = 0; i < count; ++i) {
        const double drawn_x = source.uniform(-5, 5);
        const double drawn_y = source.uniform(-5, 5);
        const double x = drawn_x + (drawn_x > 0 ? gap : -gap);
        const double y = drawn_y + (drawn_y > 0 ? gap : -gap);
        const double shift_x = source.shift(5);
        const double shift_y = source.shift(5);
        points.push_back({x, y, (x + shift_x) * (y + shift_y) >= 0 ? 1.0 : -1.0});
    }
}

/// Two clouds, whose variance goes from 0.5 to 4 with the noise.
inline void add_clouds(std::vector<point>& points, std::size_t count, point_source& source) {
    const double variance = 0.5 + source.noise() / 0.5 * 3.5;
    for (std::size_t i = 0; i < count; ++i) {
        const double label = i < count / 2 ? 1.0 : -1.0;
        const double x = source.normal(2 * label, variance);
        const double y = source.normal(2 * label, variance);
        points.push_back({x, y, label});
    }
}

/// Two arms of 1.75 turns.
inline void add_spiral(std::vector<point>& points, std::size_t count, point_source& source) {
    const std::size_t half = count / 2;
    for (std::size_t i = 0; i < 2 * half; ++i) {
        const double share = static_cast<double>(i % half) / static_cast<double>(half);
        const double angle = 1.75 * share * 2 * std::numbers::pi + (i < half ? 0 : std::numbers::pi);
        const double x = 5 * share * std::sin(angle) + source.shift(1);
        const double y = 5 * share * std::cos(angle) + source.shift(1);
        points.push_back({x, y, i < half ? 1.0 : -1.0});
    }
}

/// A slope: a tenth of x + y.
inline double height_of_plane(double x, double y) { return (x + y) / 10; }

/// Six cones of the radius 2 and the height 1 or -1; where they overlap, the one that is further from 0.
inline double height_of_hills(double x, double y) {
    constexpr std::array<point, 6> hills{
        {{-4, 2.5, 1}, {0, 2.5, -1}, {4, 2.5, 1}, {-4, -2.5, -1}, {0, -2.5, 1}, {4, -2.5, -1}}};
    double result = 0;
    for (const point& hill : hills) {
        const double height = hill.label * std::clamp(1 - std::hypot(x - hill.x, y - hill.y) / 2, 0.0, 1.0);
        if (std::abs(height) > std::abs(result))
            result = height;
    }
    return result;
}

template <class Height>
void add_heights(std::vector<point>& points, std::size_t count, point_source& source, const Height& height) {
    constexpr double radius = 6;
    for (std::size_t i = 0; i < count; ++i) {
        const double x = source.uniform(-radius, radius);
        const double y = source.uniform(-radius, radius);
        const double shift_x = source.shift(radius);
        const double shift_y = source.shift(radius);
        points.push_back({x, y, height(x + shift_x, y + shift_y)});
    }
}
} // namespace detail

/// The data sets of TensorFlow's playground, in [-6, 6]^2: `circle`, `xor`, `gauss` and `spiral` of two
/// classes, `plane` and `hills` of numbers; else none. `noise` is 0 to 0.5. The points are shuffled; the same
/// seed gives the same ones.
inline std::vector<point> generate_points(std::string_view name, std::size_t count, double noise,
                                          strata::seed key) {
    detail::point_source source(key, noise);
    std::vector<point> points;
    if (name == "circle")
        detail::add_circle(points, count, source);
    else if (name == "xor")
        detail::add_quarters(points, count, source);
    else if (name == "gauss")
        detail::add_clouds(points, count, source);
    else if (name == "spiral")
        detail::add_spiral(points, count, source);
    else if (name == "plane")
        detail::add_heights(points, count, source, detail::height_of_plane);
    else if (name == "hills")
        detail::add_heights(points, count, source, detail::height_of_hills);
    source.shuffle(points);
    return points;
}

/// What a network may see of a point.
struct feature {
    std::string_view name;   ///< in the address
    std::string_view source; ///< as a program writes it
    double (*value)(double x, double y);
};
inline constexpr std::array features{
    feature{"x", "x", [](double x, double) { return x; }},
    feature{"y", "y", [](double, double y) { return y; }},
    feature{"xx", "x * x", [](double x, double) { return x * x; }},
    feature{"yy", "y * y", [](double, double y) { return y * y; }},
    feature{"xy", "x * y", [](double x, double y) { return x * y; }},
    feature{"sinx", "std::sin(x)", [](double x, double) { return std::sin(x); }},
    feature{"siny", "std::sin(y)", [](double, double y) { return std::sin(y); }},
};

} // namespace playground
