// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/number_text.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

// Layers of axes. `slice` leaves the places `begin`, `begin + step`, ... before `end` along `axis`; `expand`
// repeats along axes of the extent 1 until the shape is `target`; `reduce_sum`, `reduce_mean`, `reduce_max`
// and `reduce_min` make one number of those along `axes`. Axes are counted from 0 without the batch.

inline bool is_reduction(std::string_view kind) {
    return kind == "reduce_sum" || kind == "reduce_mean" || kind == "reduce_max" || kind == "reduce_min";
}
inline bool is_axis_layer(std::string_view kind) {
    return kind == "slice" || kind == "expand" || is_reduction(kind);
}

/// Which axes of a rank a list names; nothing for others, and for one that is named twice.
inline std::optional<std::vector<bool>> named_axes(const std::vector<double>& list, std::size_t rank) {
    std::vector<bool> result(rank, false);
    for (const double each : list) {
        if (!(each >= 0 && each < static_cast<double>(rank)) || result[static_cast<std::size_t>(each)])
            return std::nullopt;
        result[static_cast<std::size_t>(each)] = true;
    }
    return result;
}

inline std::optional<extents> axis_layer_shape(const graph_node& node, const extents& input) {
    extents result = input;
    if (node.kind == "slice") {
        const std::size_t axis = node.count("axis", input.size());
        const std::size_t begin = node.count("begin");
        const std::size_t end = node.count("end");
        const std::size_t step = node.count("step", 1);
        if (axis >= input.size() || begin >= end || end > input[axis] || step == 0)
            return std::nullopt;
        result[axis] = (end - begin + step - 1) / step;
        return result;
    }
    if (node.kind == "expand") {
        const std::vector<double> target = node.list("target");
        if (target.size() != input.size())
            return std::nullopt;
        for (std::size_t axis = 0; axis < input.size(); ++axis) {
            if (!(target[axis] >= 1 && target[axis] < 0x1p31))
                return std::nullopt;
            result[axis] = static_cast<std::size_t>(target[axis]);
            if (input[axis] != 1 && input[axis] != result[axis])
                return std::nullopt;
        }
        return result;
    }
    const auto is_reduced = named_axes(node.list("axes"), input.size());
    if (!is_reduced)
        return std::nullopt;
    result.clear();
    for (std::size_t axis = 0; axis < input.size(); ++axis)
        if (!(*is_reduced)[axis])
            result.push_back(input[axis]);
    return result.empty() ? extents{1} : result;
}

/// Axes beside each other, of which all or none are repeated, are one: as an image of three axes at most
/// whose pixels are repeated. Empty where they are more.
inline std::string expansion_text(const extents& input, const extents& output) {
    struct stretch {
        bool is_repeated;
        std::size_t extent;
    };
    std::vector<stretch> stretches;
    for (std::size_t axis = 0; axis < input.size(); ++axis) {
        const bool is_repeated = input[axis] != output[axis];
        if (output[axis] == 1)
            continue;
        if (stretches.empty() || stretches.back().is_repeated != is_repeated)
            stretches.push_back({is_repeated, 1});
        stretches.back().extent *= output[axis];
    }
    std::size_t channels = 1;
    if (stretches.size() > 1 && !stretches.back().is_repeated) {
        channels = stretches.back().extent;
        stretches.pop_back();
    }
    constexpr std::size_t most_axes = 3;
    if (stretches.size() > most_axes || stretches.empty())
        return stretches.empty() ? "linear" : "";
    argument_text narrow("reshape");
    argument_text wide("reshape");
    extents factors;
    for (const stretch& each : stretches) {
        narrow.add(each.is_repeated ? 1 : each.extent);
        factors.push_back(each.is_repeated ? each.extent : 1);
    }
    for (const std::size_t extent : output)
        wide.add(extent);
    return narrow.add(channels).text() + " | upsample<" + spatial_text(factors) + "> | " + wide.text();
}

/// The words for a node of these, and nothing where strata has none.
inline std::string axis_layer_text(const graph_node& node, const extents& input) {
    if (node.kind == "expand")
        return expansion_text(input, node.shape);
    if (node.kind == "slice") {
        const std::size_t axis = node.count("axis");
        const std::size_t step = node.count("step", 1);
        return argument_text("slice")
            .add(axis + 1 == input.size() ? "-1" : internal::concatenate(axis))
            .add(node.count("begin"))
            .add_if(step != 1 || node.count("end") != input[axis], internal::concatenate(node.count("end")))
            .add_if(step != 1, internal::concatenate(step))
            .text();
    }
    const std::vector<bool> is_reduced = *named_axes(node.list("axes"), input.size());
    if (std::find(is_reduced.begin(), is_reduced.end(), false) == is_reduced.end())
        return node.kind + "<>";
    // The last axes first, since those in front keep their numbers.
    std::string result;
    for (std::size_t end = input.size(); end > 0;) {
        if (!is_reduced[end - 1]) {
            --end;
            continue;
        }
        std::size_t begin = end;
        while (begin > 0 && is_reduced[begin - 1])
            --begin;
        argument_text words(node.kind);
        for (std::size_t axis = begin; axis < end; ++axis)
            words.add(axis);
        result += (result.empty() ? "" : " | ") + words.text();
        end = begin;
    }
    return result.empty() ? "linear" : result;
}

/// What a node of these gives for one sample.
inline std::vector<double> compute_axis_layer(const graph_node& node, const std::vector<double>& x,
                                              const extents& input) {
    const std::size_t rank = input.size();
    std::vector<double> y;
    // Where each number of the larger side is on the smaller one.
    const bool is_larger_output = node.kind == "expand";
    const extents& large = is_larger_output ? node.shape : input;
    extents steps(rank, 0);
    std::size_t size = 1;
    const auto is_reduced =
        is_reduction(node.kind) ? *named_axes(node.list("axes"), rank) : std::vector<bool>(rank, false);
    for (std::size_t axis = rank; axis-- > 0;)
        if (!is_reduced[axis] && (!is_larger_output || input[axis] != 1)) {
            steps[axis] = size;
            size *= input[axis];
        }
    std::size_t count = 1;
    for (const std::size_t extent : large)
        count *= extent;
    std::vector<std::size_t> seen(size, 0);
    if (is_reduction(node.kind))
        y.resize(size);
    for (std::size_t i = 0; i < count; ++i) {
        std::size_t rest = i;
        std::size_t place = 0;
        bool is_chosen = true;
        for (std::size_t axis = rank; axis-- > 0;) {
            const std::size_t index = rest % large[axis];
            rest /= large[axis];
            place += index * steps[axis];
            if (node.kind == "slice" && axis == node.count("axis"))
                is_chosen = index >= node.count("begin") && index < node.count("end") &&
                            (index - node.count("begin")) % node.count("step", 1) == 0;
        }
        if (!is_reduction(node.kind)) {
            if (is_chosen)
                y.push_back(x[place]);
            continue;
        }
        double& result = y[place];
        result = seen[place]++ == 0          ? x[i]
                 : node.kind == "reduce_max" ? std::max(result, x[i])
                 : node.kind == "reduce_min" ? std::min(result, x[i])
                                             : result + x[i];
    }
    if (node.kind == "reduce_mean")
        for (double& number : y)
            number *= static_cast<double>(y.size()) / static_cast<double>(count);
    return y;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
