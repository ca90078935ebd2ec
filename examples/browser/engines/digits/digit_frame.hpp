// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace engines {

struct pen_point {
    float x = 0; ///< to the right
    float y = 0; ///< down
};
/// What a pen drew without being lifted; one point is a dot.
using pen_stroke = std::vector<pen_point>;

/// 28 x 28 pixels, from 0, paper, to 1, ink.
using digit_image = std::array<float, 28 * 28>;

/// Strokes as MNIST shows digits (LeCun, Cortes and Burges 1998): as large as fits a box of 20 x 20 pixels,
/// with smooth edges, and with the centre of mass in the middle of the 28 x 28. The pen is as thick as those
/// of MNIST whatever the size of the drawing. Without a point the image is empty. Points count in any unit;
/// `smallest` is the extent, in that unit, below which a drawing is not made larger, so that a dot stays one.
class digit_frame {
public:
    static constexpr std::size_t side = 28;
    static constexpr float box = 20;
    static constexpr float pen = 1.2F; ///< half of the thickness of a stroke, in pixels

    explicit digit_frame(std::span<const pen_stroke> strokes, float smallest) : strokes_(strokes) {
        constexpr float far = std::numeric_limits<float>::max();
        pen_point low{far, far};
        pen_point high{-far, -far};
        for (const pen_stroke& stroke : strokes)
            for (const pen_point point : stroke) {
                low = {std::min(low.x, point.x), std::min(low.y, point.y)};
                high = {std::max(high.x, point.x), std::max(high.y, point.y)};
                is_empty_ = false;
            }
        if (is_empty_)
            return;
        scale_ = (box - 2 * pen) / std::max({high.x - low.x, high.y - low.y, smallest});
        constexpr float middle = side / 2.0F;
        shift_ = {middle - scale_ * (low.x + high.x) / 2, middle - scale_ * (low.y + high.y) / 2};
        const pen_point mass = center_of_mass(draw());
        shift_ = {shift_.x + middle - mass.x, shift_.y + middle - mass.y};
    }

    /// The pixels.
    [[nodiscard]] digit_image image() const { return is_empty_ ? digit_image{} : draw(); }

    /// The middle of the ink, in pixels from the upper left corner. For an image with ink.
    [[nodiscard]] static pen_point center_of_mass(const digit_image& image) {
        float sum = 0;
        pen_point moment;
        for (std::size_t y = 0; y < side; ++y)
            for (std::size_t x = 0; x < side; ++x) {
                const float ink = image[y * side + x];
                sum += ink;
                moment.x += ink * (static_cast<float>(x) + 0.5F);
                moment.y += ink * (static_cast<float>(y) + 0.5F);
            }
        return {moment.x / sum, moment.y / sum};
    }

private:
    /// The ink of a pixel falls from 1 to 0 where its middle is half a pixel inside or outside of the
    /// stroke's edge.
    [[nodiscard]] digit_image draw() const {
        digit_image result{};
        for (const pen_stroke& stroke : strokes_)
            for (std::size_t i = 0; i < stroke.size(); ++i)
                draw_line(result, place(stroke[i > 0 ? i - 1 : 0]), place(stroke[i]));
        return result;
    }

    [[nodiscard]] pen_point place(pen_point point) const {
        return {scale_ * point.x + shift_.x, scale_ * point.y + shift_.y};
    }

    static void draw_line(digit_image& image, pen_point begin, pen_point end) {
        const pen_point way{end.x - begin.x, end.y - begin.y};
        const float length = way.x * way.x + way.y * way.y;
        const auto pixels = [](float first, float last) {
            const auto bound = [](float place) {
                return static_cast<std::size_t>(std::clamp(place, 0.0F, static_cast<float>(side)));
            };
            return std::array{bound(std::floor(std::min(first, last) - pen - 1)),
                              bound(std::ceil(std::max(first, last) + pen + 1))};
        };
        const auto [top, bottom] = pixels(begin.y, end.y);
        const auto [left, right] = pixels(begin.x, end.x);
        for (std::size_t y = top; y < bottom; ++y)
            for (std::size_t x = left; x < right; ++x) {
                const pen_point middle{static_cast<float>(x) + 0.5F - begin.x,
                                       static_cast<float>(y) + 0.5F - begin.y};
                const float along =
                    length > 0 ? std::clamp((middle.x * way.x + middle.y * way.y) / length, 0.0F, 1.0F) : 0;
                const float distance = std::hypot(middle.x - along * way.x, middle.y - along * way.y);
                float& ink = image[y * side + x];
                ink = std::max(ink, std::clamp(pen + 0.5F - distance, 0.0F, 1.0F));
            }
    }

    std::span<const pen_stroke> strokes_;
    bool is_empty_ = true;
    float scale_ = 1;
    pen_point shift_;
};

} // namespace engines
