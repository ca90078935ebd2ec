// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The numbers of an attribute for each of so many spatial axes: as many, or one for all; `fallback` for
/// none. Nothing for another number of numbers, and for what is no count.
inline std::optional<extents> spatial_numbers(const graph_node& node, std::string_view key, std::size_t axes,
                                              std::size_t fallback) {
    const std::vector<double> given = node.list(key);
    if (given.empty())
        return extents(axes, fallback);
    extents result;
    for (std::size_t axis = 0; axis < axes; ++axis) {
        const double number = given.size() == 1 ? given.front() : axis < given.size() ? given[axis] : -1;
        if (!(number >= 0 && number < 0x1p31) ||
            number != static_cast<double>(static_cast<std::size_t>(number)))
            return std::nullopt;
        result.push_back(static_cast<std::size_t>(number));
    }
    return given.size() == 1 || given.size() == axes ? std::optional(result) : std::nullopt;
}

/// What a window has for each spatial axis.
struct window_numbers {
    extents size, stride, dilation, begin, end;
};

/// Those of a node. Nothing where one of them fits no window.
inline std::optional<window_numbers> numbers_of_window(const graph_node& node, std::size_t axes) {
    const auto size = spatial_numbers(node, "size", axes, 0);
    const auto stride = spatial_numbers(node, "stride", axes, 1);
    const auto dilation = spatial_numbers(node, "dilation", axes, 1);
    const auto begin = spatial_numbers(node, "begin", axes, 0);
    const auto end = spatial_numbers(node, "end", axes, 0);
    if (!size || !stride || !dilation || !begin || !end)
        return std::nullopt;
    return window_numbers{*size, *stride, *dilation, *begin, *end};
}

/// What a window makes of a shape's spatial axes, for convolutions and poolings; the channels stay. Nothing
/// where it does not fit.
inline std::optional<extents> slid_extents(const graph_node& node, const extents& input) {
    if (input.size() < 2)
        return std::nullopt;
    const std::size_t axes = input.size() - 1;
    const auto window = numbers_of_window(node, axes);
    if (!window)
        return std::nullopt;
    const auto& [size, stride, dilation, begin, end] = *window;
    const std::string_view padding = node.text("padding", "valid");
    extents result = input;
    for (std::size_t axis = 0; axis < axes; ++axis) {
        if (size[axis] == 0 || stride[axis] == 0 || dilation[axis] == 0)
            return std::nullopt;
        const std::size_t reach = (size[axis] - 1) * dilation[axis] + 1;
        const std::size_t padded = input[axis] + (padding == "causal" ? reach - 1 : begin[axis] + end[axis]);
        // A last window that begins inside counts where the file says so, though it ends outside.
        const bool has_last = node.number("ceil_mode") != 0;
        if (padding == "same" || padding == "same_lower")
            result[axis] = (input[axis] + stride[axis] - 1) / stride[axis];
        else if (padded + (has_last ? stride[axis] - 1 : 0) < reach)
            return std::nullopt;
        else
            result[axis] = (padded + (has_last ? stride[axis] - 1 : 0) - reach) / stride[axis] + 1;
        if (has_last && result[axis] > 1 && (result[axis] - 1) * stride[axis] >= input[axis] + begin[axis])
            --result[axis];
    }
    return result;
}

/// The same for a transposed convolution, whose window slides over its output.
inline std::optional<extents> unslid_extents(const graph_node& node, const extents& input) {
    if (input.size() < 2)
        return std::nullopt;
    const std::size_t axes = input.size() - 1;
    const auto window = numbers_of_window(node, axes);
    const auto extra = spatial_numbers(node, "output_padding", axes, 0);
    if (!window || !extra)
        return std::nullopt;
    const auto& [size, stride, dilation, begin, end] = *window;
    const std::string_view padding = node.text("padding", "valid");
    extents result = input;
    for (std::size_t axis = 0; axis < axes; ++axis) {
        const std::size_t step = stride[axis];
        if (size[axis] == 0 || step == 0 || dilation[axis] == 0 || input[axis] == 0)
            return std::nullopt;
        const std::size_t taps = (size[axis] - 1) * dilation[axis] + 1;
        if (padding == "same")
            result[axis] = input[axis] * step;
        else if (padding == "valid")
            result[axis] = input[axis] * step + (taps > step ? taps - step : 0) + (*extra)[axis];
        else {
            const std::size_t whole = (input[axis] - 1) * step + taps + (*extra)[axis];
            const std::size_t cut = begin[axis] + end[axis];
            if (whole <= cut)
                return std::nullopt;
            result[axis] = whole - cut;
        }
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
