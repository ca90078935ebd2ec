// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/attention_layers.hpp>
#include <strata/io/import/axis_layers.hpp>
#include <strata/io/import/each_step.hpp>
#include <strata/io/import/formula_layers.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/window_shape.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The numbers of a shape; nothing for more than a network could have.
inline std::optional<std::size_t> size_of(const extents& shape) {
    std::size_t result = 1;
    for (const std::size_t extent : shape) {
        if (extent != 0 && result > (std::size_t{1} << 40) / extent)
            return std::nullopt;
        result *= extent;
    }
    return result;
}

/// An axis that is counted from 0 without the batch, or from the last one backwards.
inline std::optional<std::size_t> axis_in(double axis, std::size_t rank) {
    const double counted = axis < 0 ? axis + static_cast<double>(rank) : axis;
    if (!(counted >= 0 && counted < static_cast<double>(rank)))
        return std::nullopt;
    return static_cast<std::size_t>(counted);
}

inline bool has_any_kind(const graph_node& node, std::initializer_list<std::string_view> kinds) {
    return std::find(kinds.begin(), kinds.end(), node.kind) != kinds.end();
}

/// Whether a node multiplies by a kernel and can add a bias to what that gives.
inline bool is_product(const graph_node& node) {
    return has_any_kind(node, {"conv", "depthwise_conv", "conv_transpose", "dense"});
}

/// Whether a node makes one value of several of its shape, element by element.
inline bool is_merge(const graph_node& node) {
    return has_any_kind(node, {"add", "subtract", "multiply", "average", "maximum", "minimum"});
}

/// Whether a node computes each element by itself, or nothing at all when it predicts.
inline bool keeps_shape(const graph_node& node) {
    return has_any_kind(node,
                        {
                            "linear",
                            "relu",
                            "clipped",
                            "leaky_relu",
                            "elu",
                            "selu",
                            "gelu",
                            "sigmoid",
                            "hard_sigmoid",
                            "silu",
                            "hard_silu",
                            "tanh",
                            "softplus",
                            "softsign",
                            "exponential",
                            "relu_squared",
                            "thresholded_relu",
                            "scaled",
                            "softmax",
                            "log_softmax",
                            "dropout",
                            "spatial_dropout",
                            "gaussian_dropout",
                            "gaussian_noise",
                            "batch_norm",
                            "layer_norm",
                            "group_norm",
                            "instance_norm",
                            "rms_norm",
                            "normalization",
                            "rescaling",
                            "prelu",
                            "masking",
                            "training_only",
                            "random_flip",
                            "random_shift",
                            "random_rotation",
                        }) ||
           find_formula(node.kind) != nullptr;
}

/// What dot products make of two vectors or matrices, whose axes are counted as `axis_in` counts them.
inline std::optional<extents> shape_of_dot(const graph_node& node,
                                           const std::vector<const extents*>& sources) {
    const std::vector<double> axes = node.list("axes");
    if (sources.size() != 2 || axes.size() != 2)
        return std::nullopt;
    extents result;
    std::vector<std::size_t> lengths;
    for (std::size_t i = 0; i < 2; ++i) {
        const extents& shape = *sources[i];
        const auto axis = axis_in(axes[i], shape.size());
        if (!axis || shape.empty() || shape.size() > 2)
            return std::nullopt;
        lengths.push_back(shape[*axis]);
        if (shape.size() == 2)
            result.push_back(shape[1 - *axis]);
    }
    if (lengths[0] != lengths[1])
        return std::nullopt;
    return result.empty() ? extents{1} : result;
}

/// That of recurrent layers, behind a sequence and the states before its first step, if they are given.
inline std::optional<extents> shape_of_recurrent(const graph_node& node,
                                                 const std::vector<const extents*>& sources) {
    const extents& first = *sources.front();
    const std::size_t states = node.kind == "lstm" ? 2 : node.kind == "bidirectional" ? 0 : 1;
    if (first.size() != 2 || (sources.size() != 1 && sources.size() != 1 + states))
        return std::nullopt;
    for (std::size_t i = 1; i < sources.size(); ++i)
        if (*sources[i] != extents{node.count("units")})
            return std::nullopt;
    const bool is_joined = node.kind == "bidirectional" && node.text("merge") == "concat";
    const std::size_t features = node.count("units") * (is_joined ? 2 : 1);
    return node.count("last_step") == 1 ? extents{features} : extents{first[0], features};
}

/// The shape of what a node makes of a sample or of a step.
inline std::optional<extents> shape_of_whole(const graph_node& node,
                                             const std::vector<const extents*>& sources) {
    if (node.kind == "input")
        return node.shape;
    if (sources.empty())
        return std::nullopt;
    const extents& first = *sources.front();
    const auto with_last = [&](std::size_t last) {
        extents result = first;
        result.back() = last;
        return result;
    };

    if (is_merge(node)) {
        for (const extents* each : sources)
            if (*each != first)
                return std::nullopt;
        return first;
    }
    if (node.kind == "concat") {
        const auto axis = axis_in(node.number("axis", -1), first.size());
        if (!axis)
            return std::nullopt;
        extents result = first;
        result[*axis] = 0;
        for (const extents* each : sources) {
            extents other = *each;
            if (other.size() != first.size())
                return std::nullopt;
            result[*axis] += other[*axis];
            other[*axis] = first[*axis];
            if (other != first)
                return std::nullopt;
        }
        return result;
    }
    if (node.kind == "dot")
        return shape_of_dot(node, sources);
    if (node.kind == "head_scores")
        return shape_of_head_scores(sources);
    if (is_attention(node.kind))
        return shape_of_attention(node, sources);
    if (has_any_kind(node, {"lstm", "gru", "simple_rnn", "bidirectional"}))
        return shape_of_recurrent(node, sources);
    if (sources.size() != 1)
        return std::nullopt;
    if (node.kind == "steps") // one of them stands for all
        return first.size() > 1 ? std::optional(step_shape(first)) : std::nullopt;
    if (node.kind == "result") // one of those of a layer that makes its state, too
        return node.number("index") == 0 ? first : extents{node.count("units")};
    if (keeps_shape(node))
        return first;
    if (is_axis_layer(node.kind))
        return axis_layer_shape(node, first);
    if (node.kind == "dense")
        return first.empty() ? std::nullopt : std::optional(with_last(node.count("units")));
    if (has_any_kind(node, {"conv", "depthwise_conv", "max_pool", "average_pool"})) {
        auto result = slid_extents(node, first);
        if (result && node.kind == "conv")
            result->back() = node.count("filters");
        if (result && node.kind == "depthwise_conv")
            result->back() *= node.count("depth_multiplier", 1);
        return result;
    }
    if (node.kind == "conv_transpose") {
        auto result = unslid_extents(node, first);
        if (result)
            result->back() = node.count("filters");
        return result;
    }
    if (has_any_kind(node, {"global_max_pool", "global_average_pool"})) {
        if (first.size() < 2)
            return std::nullopt;
        extents result(node.count("keepdims") == 1 ? first.size() - 1 : 0, 1);
        result.push_back(first.back());
        return result;
    }
    if (node.kind == "flatten") {
        const auto size = size_of(first);
        return size ? std::optional(extents{*size}) : std::nullopt;
    }
    if (node.kind == "reshape") {
        const auto size = size_of(first);
        extents result;
        std::optional<std::size_t> open;
        std::size_t known = 1;
        for (const double each : node.list("target")) {
            if (each == -1 && !open)
                open = result.size();
            else if (!(each >= 1 && each < 0x1p31) ||
                     known > (std::size_t{1} << 40) / static_cast<std::size_t>(each))
                return std::nullopt;
            else
                known *= static_cast<std::size_t>(each);
            result.push_back(each == -1 ? 1 : static_cast<std::size_t>(each));
        }
        if (open && size)
            result[*open] = *size / known;
        return size && size_of(result) == size ? std::optional(result) : std::nullopt;
    }
    if (node.kind == "permute") { // Keras counts axes from 1
        extents result;
        std::vector<bool> is_used(first.size(), false);
        for (const double each : node.list("order")) {
            const auto axis = axis_in(each - 1, first.size());
            if (!axis || each < 1 || is_used[*axis])
                return std::nullopt;
            is_used[*axis] = true;
            result.push_back(first[*axis]);
        }
        return result.size() == first.size() ? std::optional(result) : std::nullopt;
    }
    if (node.kind == "repeat_vector")
        return first.size() == 1 ? std::optional(extents{node.count("times"), first[0]}) : std::nullopt;
    if (node.kind == "embedding") {
        extents result = first;
        result.push_back(node.count("width"));
        return result;
    }
    if (has_any_kind(node, {"zero_pad", "edge_pad", "reflect_pad", "crop", "upsample", "resize"})) {
        if (first.size() < 2)
            return std::nullopt;
        const std::size_t axes = first.size() - 1;
        const auto begin = spatial_numbers(node, "begin", axes, 0);
        const auto end = spatial_numbers(node, "end", axes, 0);
        const auto size = spatial_numbers(node, "size", axes, 1);
        if (!begin || !end || !size)
            return std::nullopt;
        extents result = first;
        for (std::size_t axis = 0; axis < axes; ++axis) {
            const std::size_t margin = (*begin)[axis] + (*end)[axis];
            if (node.kind == "crop" && margin >= first[axis])
                return std::nullopt;
            if (node.kind == "upsample" &&
                (*size)[axis] > (std::size_t{1} << 40) / std::max<std::size_t>(first[axis], 1))
                return std::nullopt;
            if (node.kind == "reflect_pad" && ((*begin)[axis] >= first[axis] || (*end)[axis] >= first[axis]))
                return std::nullopt;
            result[axis] = node.kind == "crop"           ? first[axis] - margin
                           : node.kind.ends_with("_pad") ? first[axis] + margin
                           : node.kind == "resize"       ? (*size)[axis]
                                                         : first[axis] * (*size)[axis];
        }
        return result;
    }
    return std::nullopt;
}

/// The shape of a node's result. `sources` are those of what it reads. Nothing for a kind that is not known
/// and for shapes that do not fit.
inline std::optional<extents> shape_of(const graph_node& node, const std::vector<const extents*>& sources) {
    if (!is_each_step(node))
        return shape_of_whole(node, sources);
    if (sources.size() != 1 || sources.front()->size() < 2)
        return std::nullopt;
    const extents step = step_shape(*sources.front());
    auto result = shape_of_whole(node, {&step});
    if (result)
        result->insert(result->begin(), sources.front()->front());
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
