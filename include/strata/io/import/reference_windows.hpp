// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/reference_values.hpp>
#include <strata/io/import/window_shape.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A window as three axes, of which an input has the last ones.
struct reference_window {
    using three = std::array<std::size_t, 3>;
    three input{1, 1, 1}, output{1, 1, 1}, size{1, 1, 1}, stride{1, 1, 1}, dilation{1, 1, 1}, begin{0, 0, 0};

    /// `small` is the side that the window makes of `large`, which a transposed convolution turns around.
    reference_window(const graph_node& node, const extents& large, const extents& small) {
        const std::size_t axes = large.size() - 1;
        const auto fill = [&](three& numbers, std::string_view key, std::size_t fallback) {
            const extents given = *spatial_numbers(node, key, axes, fallback);
            std::copy(given.begin(), given.end(), numbers.end() - static_cast<std::ptrdiff_t>(axes));
        };
        fill(size, "size", 1);
        fill(stride, "stride", 1);
        fill(dilation, "dilation", 1);
        fill(begin, "begin", 0);
        const std::string_view padding = node.text("padding", "valid");
        for (std::size_t axis = 0; axis < axes; ++axis) {
            const std::size_t place = 3 - axes + axis;
            input[place] = large[axis];
            output[place] = small[axis];
            const std::size_t reach = (size[place] - 1) * dilation[place] + 1;
            const std::size_t covered = (small[axis] - 1) * stride[place] + reach;
            if (padding == "same")
                begin[place] = covered > large[axis] ? (covered - large[axis]) / 2 : 0;
            else if (padding == "same_lower")
                begin[place] = covered > large[axis] ? (covered - large[axis] + 1) / 2 : 0;
            else if (padding == "causal")
                begin[place] = reach - 1;
        }
    }

    /// Calls `use(place of the small side, place of the large side, tap)` for all taps that are inside.
    template <class Use>
    void visit(const Use& use) const {
        std::array<std::size_t, 3> o{};
        std::size_t small = 0;
        for (o[0] = 0; o[0] < output[0]; ++o[0])
            for (o[1] = 0; o[1] < output[1]; ++o[1])
                for (o[2] = 0; o[2] < output[2]; ++o[2])
                    visit_taps(o, small++, use);
    }

private:
    template <class Use>
    void visit_taps(const three& o, std::size_t small, const Use& use) const {
        three k{};
        std::size_t tap = 0;
        for (k[0] = 0; k[0] < size[0]; ++k[0])
            for (k[1] = 0; k[1] < size[1]; ++k[1])
                for (k[2] = 0; k[2] < size[2]; ++k[2], ++tap) {
                    std::size_t large = 0;
                    bool is_inside = true;
                    for (std::size_t axis = 0; axis < 3; ++axis) {
                        const std::size_t place = o[axis] * stride[axis] + k[axis] * dilation[axis];
                        is_inside = is_inside && place >= begin[axis] && place - begin[axis] < input[axis];
                        large = large * input[axis] + (is_inside ? place - begin[axis] : 0);
                    }
                    if (is_inside)
                        use(small, large, tap);
                }
    }
};

/// Convolutions, transposed and depthwise ones.
inline reference_numbers convolve(const graph_node& node, const reference_numbers& x, const extents& input) {
    const bool is_transposed = node.kind == "conv_transpose";
    const std::size_t channels = input.back();
    const std::size_t filters = node.shape.back();
    const std::size_t groups = node.kind == "depthwise_conv" ? channels : node.count("groups", 1);
    const std::size_t group_channels = channels / groups;
    const std::size_t group_filters = filters / groups;
    const std::vector<float>& kernel =
        weight_numbers(node, node.kind == "depthwise_conv" ? "depthwise_kernel" : "kernel");
    const std::vector<float>& bias = weight_numbers(node, "bias");
    std::size_t places = 1;
    for (std::size_t axis = 0; axis + 1 < node.shape.size(); ++axis)
        places *= node.shape[axis];
    reference_numbers y(places * filters, 0);
    if (!bias.empty())
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] = bias[i % filters];
    const reference_window window(node, is_transposed ? node.shape : input,
                                  is_transposed ? input : node.shape);
    window.visit([&](std::size_t small, std::size_t large, std::size_t tap) {
        const double* const source = x.data() + (is_transposed ? small : large) * channels;
        double* const result = y.data() + (is_transposed ? large : small) * filters;
        if (is_transposed) {
            // The kernel is [taps, filters of a group, channels].
            for (std::size_t f = 0; f < filters; ++f)
                for (std::size_t c = 0; c < group_channels; ++c) {
                    const std::size_t channel = f / group_filters * group_channels + c;
                    const std::size_t row = tap * group_filters + f % group_filters;
                    result[f] += source[channel] * double{kernel[row * channels + channel]};
                }
            return;
        }
        for (std::size_t g = 0; g < groups; ++g)
            for (std::size_t c = 0; c < group_channels; ++c) {
                // The kernel of a depthwise convolution is [taps, channels, multiplier].
                const float* const row =
                    kernel.data() + (node.kind == "depthwise_conv"
                                         ? (tap * channels + g) * group_filters
                                         : (tap * group_channels + c) * filters + g * group_filters);
                for (std::size_t f = 0; f < group_filters; ++f)
                    result[g * group_filters + f] += source[g * group_channels + c] * double{row[f]};
            }
    });
    return y;
}

/// The largest number or the mean in a window, or over all places.
inline reference_numbers pool(const graph_node& node, const reference_numbers& x, const extents& input) {
    const bool is_largest = node.kind == "max_pool" || node.kind == "global_max_pool";
    const std::size_t channels = input.back();
    const auto first = is_largest ? -std::numeric_limits<double>::infinity() : 0.0;
    std::size_t places = 1;
    for (std::size_t axis = 0; axis + 1 < node.shape.size(); ++axis)
        places *= node.shape[axis];
    reference_numbers y(places * channels, first);
    std::vector<std::size_t> counts(places, 0);
    const auto add = [&](std::size_t small, std::size_t large) {
        ++counts[small];
        for (std::size_t c = 0; c < channels; ++c) {
            double& result = y[small * channels + c];
            const double number = x[large * channels + c];
            result = is_largest ? std::max(result, number) : result + number;
        }
    };
    if (node.kind.starts_with("global"))
        for (std::size_t place = 0; place * channels < x.size(); ++place)
            add(0, place);
    else
        reference_window(node, input, node.shape)
            .visit([&](std::size_t small, std::size_t large, std::size_t) { add(small, large); });
    if (!is_largest) {
        std::size_t taps = 1;
        const extents size = *spatial_numbers(node, "size", input.size() - 1, 1);
        for (const std::size_t each : size)
            taps *= each;
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] /= static_cast<double>(node.number("count_padding") != 0 ? taps : counts[i / channels]);
    }
    return y;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
