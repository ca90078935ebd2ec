// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/onnx_constant.hpp>
#include <strata/io/import/onnx_constant_arithmetic.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The extents before an axis, of it and behind it.
struct constant_axis {
    std::size_t outer = 1;
    std::size_t count = 1;
    std::size_t inner = 1;

    constant_axis(const std::vector<std::int64_t>& shape, std::size_t axis) {
        for (std::size_t i = 0; i < shape.size(); ++i)
            (i < axis ? outer : i == axis ? count : inner) *= static_cast<std::size_t>(shape[i]);
    }
};

/// Some places along an axis, in any order and number.
inline onnx_constant choose_places(const onnx_constant& given, std::size_t axis,
                                   const std::vector<std::size_t>& places) {
    const constant_axis sizes(given.shape, axis);
    onnx_constant result{given.shape, {}, given.is_whole};
    result.shape[axis] = static_cast<std::int64_t>(places.size());
    result.numbers.reserve(sizes.outer * places.size() * sizes.inner);
    for (std::size_t o = 0; o < sizes.outer; ++o)
        for (const std::size_t place : places) {
            const auto begin =
                given.numbers.begin() + static_cast<std::ptrdiff_t>((o * sizes.count + place) * sizes.inner);
            result.numbers.insert(result.numbers.end(), begin,
                                  begin + static_cast<std::ptrdiff_t>(sizes.inner));
        }
    return result;
}

/// A place along an axis that may be counted from its end; nothing beyond it.
inline std::optional<std::size_t> counted_place(std::int64_t place, std::int64_t extent) {
    if (place < -extent || place >= extent)
        return std::nullopt;
    return static_cast<std::size_t>(place + (place < 0 ? extent : 0));
}

/// The places that a slice leaves along an axis, as NumPy counts them. The step is not 0.
inline std::vector<std::size_t> sliced_places(std::int64_t extent, std::int64_t begin, std::int64_t end,
                                              std::int64_t step) {
    const auto bounded = [&](std::int64_t place) {
        const std::int64_t counted = place < 0 ? (place < -extent ? -1 : place + extent) : place;
        return step > 0 ? std::clamp<std::int64_t>(counted, 0, extent)
                        : std::clamp<std::int64_t>(counted, -1, extent - 1);
    };
    std::vector<std::size_t> result;
    const std::int64_t last = bounded(end);
    for (std::int64_t place = bounded(begin); step > 0 ? place < last : place > last; place += step)
        result.push_back(static_cast<std::size_t>(place));
    return result;
}

/// Constants behind each other along an axis. Nothing where other extents differ.
inline std::optional<onnx_constant> join_constants(const std::vector<const onnx_constant*>& parts,
                                                   std::size_t axis) {
    onnx_constant result{parts.front()->shape, {}, true};
    if (axis >= result.shape.size())
        return std::nullopt;
    result.shape[axis] = 0;
    for (const onnx_constant* const part : parts) {
        if (part->shape.size() != result.shape.size())
            return std::nullopt;
        for (std::size_t i = 0; i < result.shape.size(); ++i)
            if (i != axis && part->shape[i] != result.shape[i])
                return std::nullopt;
        result.shape[axis] += part->shape[axis];
        result.is_whole = result.is_whole && part->is_whole;
    }
    if (!constant_size(result.shape))
        return std::nullopt;
    const std::size_t outer = constant_axis(result.shape, axis).outer;
    for (std::size_t o = 0; o < outer; ++o)
        for (const onnx_constant* const part : parts) {
            const auto count =
                static_cast<std::ptrdiff_t>(part->numbers.size() / std::max<std::size_t>(outer, 1));
            const auto begin = part->numbers.begin() + static_cast<std::ptrdiff_t>(o) * count;
            result.numbers.insert(result.numbers.end(), begin, begin + count);
        }
    return result;
}

/// A constant with its axes in another order, of which `order` is a permutation.
inline onnx_constant permute_constant(const onnx_constant& given, const std::vector<std::size_t>& order) {
    const std::size_t rank = given.shape.size();
    std::vector<std::size_t> steps(rank, 1);
    for (std::size_t axis = rank; axis-- > 1;)
        steps[axis - 1] = steps[axis] * static_cast<std::size_t>(given.shape[axis]);
    onnx_constant result{{}, std::vector<double>(given.numbers.size()), given.is_whole};
    for (const std::size_t axis : order)
        result.shape.push_back(given.shape[axis]);
    for (std::size_t i = 0; i < result.numbers.size(); ++i) {
        std::size_t rest = i;
        std::size_t place = 0;
        for (std::size_t axis = rank; axis-- > 0;) {
            const auto extent = static_cast<std::size_t>(result.shape[axis]);
            place += rest % extent * steps[order[axis]];
            rest /= extent;
        }
        result.numbers[i] = given.numbers[place];
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
