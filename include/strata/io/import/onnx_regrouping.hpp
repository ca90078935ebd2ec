// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

// Other shapes for which no number has to move.

/// The same numbers under other axes, where each wide axis of the old shape is one of the new one, in order.
/// Nothing where it is not so.
inline std::optional<onnx_value> relabel(const onnx_value& value, const std::vector<std::int64_t>& shape,
                                         std::size_t first_axis) {
    std::vector<std::size_t> old_wide;
    std::vector<std::size_t> new_wide;
    for (std::size_t axis = first_axis; axis < value.shape.size(); ++axis)
        if (value.shape[axis] != 1)
            old_wide.push_back(axis);
    for (std::size_t axis = first_axis; axis < shape.size(); ++axis)
        if (shape[axis] != 1)
            new_wide.push_back(axis);
    if (!value.places.empty() || old_wide.size() != new_wide.size() ||
        (first_axis > 0 && value.shape[0] != shape[0]))
        return std::nullopt;
    for (std::size_t i = 0; i < old_wide.size(); ++i)
        if (value.shape[old_wide[i]] != shape[new_wide[i]])
            return std::nullopt;
    onnx_value result = value;
    result.shape = shape;
    result.axes.clear();
    for (const std::size_t axis : value.axes) {
        const auto place = std::find(old_wide.begin(), old_wide.end(), axis);
        if (place == old_wide.end()) // a node with an axis of 1 in it keeps its shape
            return std::nullopt;
        result.axes.push_back(new_wide[static_cast<std::size_t>(place - old_wide.begin())]);
    }
    return result;
}

/// The same numbers where axes that lie beside each other are joined, or are parted, and others lie otherwise
/// than in ONNX: an image [channels, rows, columns], channels last, as [channels, pixels]. Nothing where
/// numbers would move, or would lie as ONNX has them.
inline std::optional<onnx_value> regroup(const onnx_value& value, const std::vector<std::int64_t>& shape,
                                         std::size_t first_axis) {
    if (!value.places.empty() || value.axes.size() < 2 ||
        std::is_sorted(value.axes.begin(), value.axes.end()))
        return std::nullopt;
    onnx_value result = value;
    result.shape = shape;
    // Which axes there are instead of each old one.
    std::vector<std::vector<std::size_t>> instead(value.shape.size());
    std::vector<std::size_t> next(value.shape.size(), 0);
    std::size_t target = first_axis;
    for (std::size_t axis = first_axis; axis < value.shape.size();) {
        const std::size_t begin = axis;
        std::int64_t old_count = value.shape[axis++];
        std::int64_t new_count = 1;
        while (old_count != new_count || (axis < value.shape.size() && value.shape[axis] == 1)) {
            if (new_count < old_count && target < shape.size()) {
                if (shape[target] != 1)
                    instead[begin].push_back(target);
                new_count *= shape[target++];
            } else if (axis < value.shape.size()) {
                if (value.shape[axis] != 1)
                    next[axis] = begin + 1; // its numbers are among those of that axis, which it follows
                old_count *= value.shape[axis++];
            } else
                return std::nullopt;
        }
    }
    result.axes.clear();
    std::size_t group = 0;
    std::size_t last = 0;
    for (const std::size_t axis : value.axes) {
        if (value.shape[axis] == 1)
            continue;
        if (next[axis] != 0 && (next[axis] != group || axis < last))
            return std::nullopt;
        if (next[axis] == 0) {
            group = axis + 1;
            result.axes.insert(result.axes.end(), instead[axis].begin(), instead[axis].end());
        }
        last = axis;
    }
    return result.axes.empty() ? std::nullopt : std::optional(std::move(result));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
