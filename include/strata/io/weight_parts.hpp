// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// An axis of a part of a tensor: as many indices, and how far one is from the next in the network's array,
/// whose last axis is the fastest. In the file the indices may have another order: number i there is
/// `order[i]` in the network.
struct weight_axis {
    std::size_t extent;
    std::size_t stride;
    std::vector<std::size_t> order = {};

    [[nodiscard]] std::size_t place(std::size_t index) const {
        return (order.empty() ? index : order[index]) * stride;
    }
    /// Whether it and the next faster axis number one row of numbers that are equally far apart.
    [[nodiscard]] bool joins(const weight_axis& next) const {
        return order.empty() && next.order.empty() && stride == next.extent * next.stride;
    }
};

/// Numbers of a tensor of a file, one behind another, and where they belong in an array of the network.
struct weight_part {
    std::string name;               ///< of the tensor
    std::vector<std::size_t> shape; ///< that it must have
    std::vector<weight_axis> axes;  ///< of these numbers, in the file's order
    std::size_t first = 0;          ///< which number of the tensor is the first of these
    std::size_t place = 0;          ///< where that belongs, if all indices were 0
    bool adds = false;              ///< to what is there
    bool merges_axes = false; ///< whether neighbouring axes may be split in the file, or of extent 1 there

    [[nodiscard]] std::size_t size() const {
        std::size_t result = 1;
        for (const weight_axis& axis : axes)
            result *= axis.extent;
        return result;
    }
};

/// The axes of an array of the network.
inline std::vector<weight_axis> axes_of(std::span<const std::size_t> shape) {
    std::vector<weight_axis> result(shape.size());
    std::size_t stride = 1;
    for (std::size_t i = shape.size(); i-- > 0; stride *= shape[i])
        result[i] = {shape[i], stride};
    return result;
}

/// An axis that numbers the elements of an image [..., channels], in the order [channels, ...].
inline std::vector<weight_axis> channels_first(const weight_axis& axis, std::span<const std::size_t> image) {
    if (image.empty())
        return {axis};
    std::vector<weight_axis> result = axes_of(image);
    for (weight_axis& each : result)
        each.stride *= axis.stride;
    std::vector<weight_axis> turned{result.back()};
    turned.insert(turned.end(), result.begin(), result.end() - 1);
    return turned;
}

/// An axis that numbers the units of several gates, gate by gate.
inline std::vector<weight_axis> split_gates(const weight_axis& axis, std::vector<std::size_t> order) {
    const std::size_t units = axis.extent / order.size();
    return {{order.size(), units * axis.stride, std::move(order)}, {units, axis.stride}};
}

template <class... Lists>
std::vector<weight_axis> join_axes(std::vector<weight_axis> first, const Lists&... rest) {
    (first.insert(first.end(), rest.begin(), rest.end()), ...);
    return first;
}

/// Goes over the numbers of a part in the file's order, by runs of numbers that are equally far apart.
class weight_walk {
public:
    explicit weight_walk(const weight_part& part) : place_(part.place) {
        for (const weight_axis& axis : part.axes)
            if (axis.extent == 1)
                place_ += axis.place(0);
            else if (!axes_.empty() && axes_.back().joins(axis))
                axes_.back() = {axes_.back().extent * axis.extent, axis.stride};
            else
                axes_.push_back(axis);
        indices_.resize(axes_.size());
    }

    /// Calls visit(place, stride, count) for the next `count` numbers, in runs.
    template <class Visit>
    void walk(std::size_t count, const Visit& visit) {
        while (count > 0) {
            std::size_t place = place_;
            for (std::size_t i = 0; i < axes_.size(); ++i)
                place += axes_[i].place(indices_[i]);
            const bool is_run = !axes_.empty() && axes_.back().order.empty();
            const std::size_t run = is_run ? std::min(count, axes_.back().extent - indices_.back()) : 1;
            visit(place, is_run ? axes_.back().stride : 1, run);
            count -= run;
            if (!axes_.empty())
                indices_.back() += run;
            for (std::size_t i = axes_.size(); i-- > 1 && indices_[i] == axes_[i].extent;) {
                indices_[i] = 0;
                ++indices_[i - 1];
            }
        }
    }

private:
    std::size_t place_;
    std::vector<weight_axis> axes_; ///< those that number one row of numbers are one here
    std::vector<std::size_t> indices_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
