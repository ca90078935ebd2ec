// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/axis_layers.hpp>
#include <strata/io/import/each_step.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/reference_attention.hpp>
#include <strata/io/import/reference_dot.hpp>
#include <strata/io/import/reference_resampling.hpp>
#include <strata/io/import/reference_values.hpp>
#include <strata/io/import/reference_windows.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/io/import/window_shape.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Each row, times the kernel, plus the bias.
inline reference_numbers multiply_rows(const graph_node& node, const reference_numbers& x,
                                       std::size_t inputs) {
    const std::vector<float>& kernel = weight_numbers(node, "kernel");
    const std::vector<float>& bias = weight_numbers(node, "bias");
    const std::size_t outputs = node.shape.back();
    reference_numbers y(x.size() / inputs * outputs);
    for (std::size_t row = 0; row * inputs < x.size(); ++row)
        for (std::size_t j = 0; j < outputs; ++j) {
            double sum = bias.empty() ? 0 : double{bias[j]};
            for (std::size_t k = 0; k < inputs; ++k)
                sum += x[row * inputs + k] * double{kernel[k * outputs + j]};
            y[row * outputs + j] = sum;
        }
    return y;
}

/// The numbers at some places: each less their mean, over the root of their variance. They keep their mean
/// where they are not centered, and the variance is their mean square.
inline void normalize_line(reference_numbers& y, const std::vector<std::size_t>& places, double epsilon,
                           bool is_centered) {
    double mean = 0;
    double square = 0;
    const auto count = static_cast<double>(places.size());
    for (const std::size_t place : places)
        mean += is_centered ? y[place] / count : 0;
    for (const std::size_t place : places)
        square += (y[place] - mean) * (y[place] - mean) / count;
    for (const std::size_t place : places)
        y[place] = (y[place] - mean) / std::sqrt(square + epsilon);
}

inline reference_numbers normalize(const graph_node& node, reference_numbers y) {
    const std::size_t channels = node.shape.back();
    std::size_t row = 1; // of the last axes, which a layer normalization may have several of
    for (std::size_t axis = node.shape.size() - std::min(node.shape.size(), node.count("axes", 1));
         axis < node.shape.size(); ++axis)
        row *= node.shape[axis];
    const double epsilon = node.number("epsilon", 1e-3);
    if (node.kind == "normalization") {
        constexpr double least_deviation = 1e-7;
        const std::vector<float>& mean = weight_numbers(node, "mean");
        const std::vector<float>& variance = weight_numbers(node, "variance");
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] = (y[i] - mean[i % channels]) /
                   std::max(std::sqrt(double{variance[i % channels]}), least_deviation);
    } else if (node.kind == "batch_norm") {
        const std::vector<float>& mean = weight_numbers(node, "moving_mean");
        const std::vector<float>& variance = weight_numbers(node, "moving_variance");
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] = (y[i] - mean[i % channels]) / std::sqrt(variance[i % channels] + epsilon);
    } else {
        const bool has_groups = node.kind == "group_norm" || node.kind == "instance_norm";
        const std::size_t width = node.kind == "group_norm"      ? channels / node.count("groups", 1)
                                  : node.kind == "instance_norm" ? 1
                                                                 : row;
        const std::size_t lines = has_groups ? channels / width : y.size() / row;
        for (std::size_t line = 0; line < lines; ++line) {
            std::vector<std::size_t> places;
            if (has_groups)
                for (std::size_t i = 0; i < y.size(); ++i) {
                    if (i % channels / width == line)
                        places.push_back(i);
                }
            else {
                places.resize(width);
                std::iota(places.begin(), places.end(), line * width);
            }
            normalize_line(y, places, epsilon, node.kind != "rms_norm");
        }
    }
    const std::vector<float>& gamma = weight_numbers(node, "gamma");
    const std::vector<float>& beta = weight_numbers(node, "beta");
    for (std::size_t i = 0; i < y.size(); ++i)
        y[i] = y[i] * (gamma.empty() ? 1.0 : double{gamma[i % row]}) +
               (beta.empty() ? 0.0 : double{beta[i % row]});
    return y;
}

/// The extents before an axis, of it and behind it.
inline std::array<std::size_t, 3> around_axis(const extents& shape, std::size_t axis) {
    std::array<std::size_t, 3> result{1, shape[axis], 1};
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (i != axis)
            result[i < axis ? 0 : 2] *= shape[i];
    return result;
}

inline reference_numbers take_softmax(const graph_node& node, reference_numbers y) {
    // Axes count the batch, from the front.
    const double given = node.number("axis", -1);
    const std::size_t axis = *axis_in(given > 0 ? given - 1 : given, node.shape.size());
    const auto [outer, count, inner] = around_axis(node.shape, axis);
    for (std::size_t o = 0; o < outer; ++o)
        for (std::size_t i = 0; i < inner; ++i) {
            const auto number = [&, size = count, step = inner](std::size_t k) -> double& {
                return y[(o * size + k) * step + i];
            };
            double largest = number(0);
            double sum = 0;
            for (std::size_t k = 0; k < count; ++k)
                largest = std::max(largest, number(k));
            for (std::size_t k = 0; k < count; ++k)
                sum += std::exp(number(k) - largest);
            for (std::size_t k = 0; k < count; ++k)
                number(k) = node.kind == "softmax" ? std::exp(number(k) - largest) / sum
                                                   : number(k) - largest - std::log(sum);
        }
    return y;
}

inline reference_numbers merge(const graph_node& node, const std::vector<const reference_numbers*>& sources) {
    reference_numbers y = *sources.front();
    for (std::size_t s = 1; s < sources.size(); ++s)
        for (std::size_t i = 0; i < y.size(); ++i) {
            const double other = (*sources[s])[i];
            y[i] = node.kind == "subtract"   ? y[i] - other
                   : node.kind == "multiply" ? y[i] * other
                   : node.kind == "maximum"  ? std::max(y[i], other)
                   : node.kind == "minimum"  ? std::min(y[i], other)
                                             : y[i] + other;
        }
    if (node.kind == "average")
        for (double& number : y)
            number /= static_cast<double>(sources.size());
    return y;
}

inline reference_numbers join(const graph_node& node, const std::vector<const reference_numbers*>& sources,
                              const std::vector<const extents*>& shapes) {
    const std::size_t axis = *axis_in(node.number("axis", -1), node.shape.size());
    const std::size_t outer = around_axis(node.shape, axis)[0];
    reference_numbers y;
    for (std::size_t o = 0; o < outer; ++o)
        for (std::size_t s = 0; s < sources.size(); ++s) {
            const auto count = static_cast<std::ptrdiff_t>(*size_of(*shapes[s]) / outer);
            const auto begin = sources[s]->begin() + static_cast<std::ptrdiff_t>(o) * count;
            y.insert(y.end(), begin, begin + count);
        }
    return y;
}

/// Each place of the result from one place of the input, or zero: margins, crops, factors, other axes.
inline reference_numbers move_places(const graph_node& node, const reference_numbers& x,
                                     const extents& input) {
    const std::size_t rank = input.size();
    extents steps(rank, 1);
    for (std::size_t axis = rank; axis-- > 1;)
        steps[axis - 1] = steps[axis] * input[axis];
    const extents begin = *spatial_numbers(node, "begin", rank - 1, 0);
    const extents size = *spatial_numbers(node, "size", rank - 1, 1);
    const std::vector<double> order = node.list("order");
    reference_numbers y(*size_of(node.shape), 0);
    for (std::size_t i = 0; i < y.size(); ++i) {
        std::size_t rest = i;
        std::size_t place = 0;
        bool is_inside = true;
        for (std::size_t axis = rank; axis-- > 0;) {
            std::size_t index = rest % node.shape[axis];
            rest /= node.shape[axis];
            std::size_t source = axis;
            if (node.kind == "permute")
                source = static_cast<std::size_t>(order[axis]) - 1;
            else if (axis + 1 < rank && node.kind == "zero_pad") {
                is_inside = is_inside && index >= begin[axis] && index - begin[axis] < input[axis];
                index = is_inside ? index - begin[axis] : 0;
            } else if (axis + 1 < rank && node.kind == "crop")
                index += begin[axis];
            else if (axis + 1 < rank && node.kind == "upsample")
                index /= size[axis];
            place += index * steps[source];
        }
        y[i] = is_inside ? x[place] : 0;
    }
    return y;
}

inline std::vector<bool> mask_steps(const graph_node& node, reference_numbers& x, std::size_t features) {
    std::vector<bool> result;
    for (std::size_t step = 0; step * features < x.size(); ++step) {
        const auto begin = x.begin() + static_cast<std::ptrdiff_t>(step * features);
        const auto end = begin + static_cast<std::ptrdiff_t>(features);
        result.push_back(std::any_of(begin, end, [&](double each) { return each != node.number("value"); }));
        if (!result.back())
            std::fill(begin, end, 0.0);
    }
    return result;
}
inline reference_numbers masked_mean(const reference_numbers& x, const std::vector<bool>& mask,
                                     std::size_t features) {
    reference_numbers y(features, 0);
    const auto count =
        static_cast<double>(std::max<std::ptrdiff_t>(1, std::count(mask.begin(), mask.end(), true)));
    for (std::size_t i = 0; i < x.size(); ++i)
        y[i % features] += mask[i / features] ? x[i] / count : 0;
    return y;
}

/// All layers but the recurrent ones, of a sample or of a step.
inline reference_numbers compute_whole(const graph_node& node,
                                       const std::vector<const reference_numbers*>& sources,
                                       const std::vector<const extents*>& shapes) {
    const reference_numbers& x = *sources.front();
    const extents& input = *shapes.front();
    if (node.kind == "dense")
        return multiply_rows(node, x, input.back());
    if (has_any_kind(node, {"conv", "conv_transpose", "depthwise_conv"}))
        return convolve(node, x, input);
    if (has_any_kind(node, {"max_pool", "average_pool", "global_max_pool", "global_average_pool"}))
        return pool(node, x, input);
    if (has_any_kind(
            node, {"batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm", "normalization"}))
        return normalize(node, x);
    if (has_any_kind(node, {"softmax", "log_softmax"}))
        return take_softmax(node, x);
    if (is_merge(node))
        return merge(node, sources);
    if (is_attention(node.kind))
        return compute_attention(node, sources, shapes);
    if (node.kind == "dot")
        return take_dot(node, sources, shapes);
    if (node.kind == "concat")
        return join(node, sources, shapes);
    if (is_axis_layer(node.kind))
        return compute_axis_layer(node, x, input);
    if (has_any_kind(node, {"edge_pad", "reflect_pad", "resize"}) ||
        (node.kind == "upsample" && node.text("interpolation") == "bilinear"))
        return resample(node, x, input);
    if (has_any_kind(node, {"zero_pad", "crop", "upsample", "permute"}))
        return move_places(node, x, input);
    reference_numbers y = x;
    if (node.kind == "rescaling")
        for (double& number : y)
            number = number * node.list("scale").front() + node.list("offset").front();
    else if (node.kind == "prelu") {
        const std::vector<float>& alpha = weight_numbers(node, "alpha");
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] *= y[i] < 0 ? double{alpha[i % alpha.size()]} : 1.0;
    } else if (node.kind == "embedding") {
        y = choose_rows(node, x);
    } else if (node.kind == "repeat_vector") {
        for (std::size_t time = 1; time < node.shape.front(); ++time)
            y.insert(y.end(), x.begin(), x.end());
    } else
        for (double& number : y)
            number = apply_function(node.kind, node, number);
    return y;
}

/// All layers but the recurrent ones.
inline reference_numbers compute_layer(const graph_node& node,
                                       const std::vector<const reference_numbers*>& sources,
                                       const std::vector<const extents*>& shapes) {
    if (!is_each_step(node))
        return compute_whole(node, sources, shapes);
    const graph_node one = step_node(node);
    const extents shape = step_shape(*shapes.front());
    const auto size = static_cast<std::ptrdiff_t>(*size_of(shape));
    reference_numbers y;
    for (auto begin = sources.front()->begin(); begin != sources.front()->end(); begin += size) {
        const reference_numbers x(begin, begin + size);
        const reference_numbers step = compute_whole(one, {&x}, {&shape});
        y.insert(y.end(), step.begin(), step.end());
    }
    return y;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
