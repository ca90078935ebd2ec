// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_operation.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

inline std::size_t size_of(const extents& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

/// Axes of ONNX, counted behind that of the samples from 1, in the order of a shape of so many: as they are,
/// or the last one first, as ONNX wants the channels of images.
inline extents plain_axes(std::size_t rank) {
    extents result(rank);
    std::iota(result.begin(), result.end(), std::size_t{1});
    return result;
}
inline extents image_axes(std::size_t rank) {
    extents result(rank, 1);
    std::iota(result.begin(), result.end() - (rank > 0 ? 1 : 0), std::size_t{2});
    return result;
}

/// A value of the network, and how it lies in ONNX: axis i of `shape`, which counts no samples, is ONNX's
/// axis `axes[i]`. So an image is turned where it comes in and where it leaves, and nowhere between.
struct onnx_value {
    std::string name{};
    extents shape{};
    extents axes{};
    /// Of an image that was flattened in ONNX's order: what it was. Empty where the order is that of strata.
    extents image{};
    extents image_order{};
    bool is_whole = false; ///< whole numbers, an input of tokens

    /// The extents as ONNX has them.
    [[nodiscard]] extents extents_in_order() const {
        extents result(shape.size());
        for (std::size_t i = 0; i < shape.size(); ++i)
            result[axes[i] - 1] = shape[i];
        return result;
    }
    [[nodiscard]] bool is_flattened() const noexcept { return !image.empty(); }
    [[nodiscard]] bool lies_as(const onnx_value& other) const {
        return axes == other.axes && image == other.image && image_order == other.image_order;
    }
    [[nodiscard]] std::size_t rank() const noexcept { return shape.size(); }
};

/// Numbers of a shape with their axes in another order: axis i of the result is axis `order[i]`.
inline std::vector<float> turn_numbers(const std::vector<float>& numbers, const extents& shape,
                                       const extents& order) {
    extents steps(shape.size());
    std::size_t step = 1;
    for (std::size_t axis = shape.size(); axis-- > 0; step *= shape[axis])
        steps[axis] = step;
    std::vector<float> result(numbers.size());
    extents place(order.size());
    std::size_t source = 0;
    for (float& each : result) {
        each = numbers[source];
        for (std::size_t axis = order.size(); axis-- > 0;) {
            source += steps[order[axis]];
            if (++place[axis] < shape[order[axis]])
                break;
            source -= steps[order[axis]] * place[axis];
            place[axis] = 0;
        }
    }
    return result;
}

/// The order that turns extents of strata into those of ONNX.
inline extents order_of(const extents& axes) {
    extents result(axes.size());
    for (std::size_t i = 0; i < axes.size(); ++i)
        result[axes[i] - 1] = i;
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
