// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/reference_values.hpp>
#include <strata/io/import/window_shape.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Where place `o` of `outputs` is among `inputs`, between two of them as a rule.
inline double resampled_place(std::string_view corners, std::size_t o, std::size_t inputs,
                              std::size_t outputs) {
    const auto place = static_cast<double>(o);
    const auto large = static_cast<double>(inputs);
    const auto small = static_cast<double>(outputs);
    if (corners == "align_corners")
        return outputs < 2 ? 0 : place * (large - 1) / (small - 1);
    return corners == "asymmetric" ? place * large / small : ((2 * place + 1) * large - small) / (2 * small);
}

/// The two places that an output of an axis is made of, and the part of the second.
struct resampled_pair {
    std::size_t low = 0;
    std::size_t high = 0;
    double part = 0;
};
inline resampled_pair resampled_pair_of(const graph_node& node, std::size_t axis, std::size_t o,
                                        std::size_t inputs, std::size_t outputs) {
    const auto copy = [&](double place) {
        const auto number =
            static_cast<std::size_t>(std::min(std::max(place, 0.0), static_cast<double>(inputs - 1)));
        return resampled_pair{number, number, 0};
    };
    if (node.kind == "edge_pad" || node.kind == "reflect_pad") {
        const auto place = static_cast<double>(o) - node.list("begin")[axis];
        const auto last = static_cast<double>(inputs - 1);
        const double reflected = place < 0 ? -place : place > last ? 2 * last - place : place;
        return copy(node.kind == "edge_pad" ? place : reflected);
    }
    const double place = resampled_place(node.text("corners", "half_pixel"), o, inputs, outputs);
    const std::string_view rounding = node.text("rounding", "nearest_half_up");
    if (node.text("interpolation") == "nearest")
        return copy(rounding == "nearest_down"        ? std::floor(place)
                    : rounding == "nearest_up"        ? std::ceil(place)
                    : rounding == "nearest_half_down" ? std::ceil(place - 0.5)
                                                      : std::floor(place + 0.5));
    resampled_pair result = copy(std::floor(place));
    result.part = std::min(std::max(place - static_cast<double>(result.low), 0.0), 1.0);
    result.high = std::min(result.low + 1, inputs - 1);
    return result;
}

/// Images of another size, and images with margins that repeat or reflect what they hold. Each output is made
/// of two places along each axis, all with the product of their parts.
inline reference_numbers resample(const graph_node& node, const reference_numbers& x, const extents& input) {
    const std::size_t axes = input.size() - 1;
    const std::size_t channels = input.back();
    reference_numbers y;
    std::size_t pixels = 1;
    for (std::size_t axis = 0; axis < axes; ++axis)
        pixels *= node.shape[axis];
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
        std::vector<resampled_pair> pairs(axes);
        std::size_t rest = pixel;
        for (std::size_t axis = axes; axis-- > 0;) {
            pairs[axis] =
                resampled_pair_of(node, axis, rest % node.shape[axis], input[axis], node.shape[axis]);
            rest /= node.shape[axis];
        }
        for (std::size_t channel = 0; channel < channels; ++channel) {
            double sum = 0;
            for (std::size_t corner = 0; corner < std::size_t{1} << axes; ++corner) {
                double part = 1;
                std::size_t place = 0;
                for (std::size_t axis = 0; axis < axes; ++axis) {
                    const bool is_high = (corner >> axis & 1) != 0;
                    part *= is_high ? pairs[axis].part : 1 - pairs[axis].part;
                    place = place * input[axis] + (is_high ? pairs[axis].high : pairs[axis].low);
                }
                if (part != 0)
                    sum += part * x[place * channels + channel];
            }
            y.push_back(sum);
        }
    }
    return y;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
