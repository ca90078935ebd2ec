// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/sample_count.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/io/import/tensorflow_builder.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// How far apart the numbers along each axis of a shape lie.
inline extents steps_of(const extents& shape) {
    extents result(shape.size(), 1);
    for (std::size_t axis = shape.size(); axis-- > 1;)
        result[axis - 1] = result[axis] * shape[axis];
    return result;
}

/// A tensor of a shape whose number at each place is that of another one, `sum of index * steps + begin`.
/// `steps` may be 0, where one number stands for all along an axis, and below 0.
struct strided_view {
    std::int64_t begin = 0;
    tensorflow_shape steps{};

    /// Calls `use(place of the view's number)` for each place of the shape, the last axis fastest.
    template <class Use>
    void visit(const extents& shape, const Use& use) const {
        const std::size_t count = *size_of(shape);
        for (std::size_t i = 0; i < count; ++i) {
            std::size_t rest = i;
            std::int64_t place = begin;
            for (std::size_t axis = shape.size(); axis-- > 0;) {
                place += static_cast<std::int64_t>(rest % shape[axis]) * steps[axis];
                rest /= shape[axis];
            }
            use(static_cast<std::size_t>(place));
        }
    }
    [[nodiscard]] tensor read(const tensor& given, extents shape) const {
        tensor result{std::move(shape), {}};
        visit(result.shape, [&](std::size_t place) { result.numbers.push_back(given.numbers[place]); });
        return result;
    }
};

/// The shape that two shapes are spread to, and how each is then read; nothing where they do not fit.
inline std::optional<extents> spread_shape(const extents& a, const extents& b) {
    extents result = a.size() >= b.size() ? a : b;
    const extents& other = a.size() >= b.size() ? b : a;
    const std::size_t added = result.size() - other.size();
    for (std::size_t axis = 0; axis < other.size(); ++axis) {
        std::size_t& extent = result[added + axis];
        if (extent != other[axis] && extent != 1 && other[axis] != 1)
            return std::nullopt;
        extent = extent == 1 ? other[axis] : extent;
    }
    return result;
}
inline strided_view spread_view(const extents& given, const extents& target) {
    strided_view result{0, tensorflow_shape(target.size(), 0)};
    const extents steps = steps_of(given);
    const std::size_t added = target.size() - given.size();
    for (std::size_t axis = 0; axis < given.size(); ++axis)
        result.steps[added + axis] = given[axis] == 1 ? 0 : static_cast<std::int64_t>(steps[axis]);
    return result;
}

/// What an operation makes of two numbers.
using number_pair_function = double (*)(double, double);
inline number_pair_function pair_function(std::string_view operation) {
    static const std::map<std::string_view, number_pair_function> functions = {
        {"Add", [](double a, double b) { return a + b; }},
        {"AddV2", [](double a, double b) { return a + b; }},
        {"BiasAdd", [](double a, double b) { return a + b; }},
        {"Sub", [](double a, double b) { return a - b; }},
        {"Mul", [](double a, double b) { return a * b; }},
        {"RealDiv", [](double a, double b) { return a / b; }},
        {"FloorDiv", [](double a, double b) { return std::floor(a / b); }},
        {"FloorMod", [](double a, double b) { return a - b * std::floor(a / b); }},
        {"Maximum", [](double a, double b) { return std::max(a, b); }},
        {"Minimum", [](double a, double b) { return std::min(a, b); }},
        {"Pow", [](double a, double b) { return std::pow(a, b); }},
    };
    const auto found = functions.find(operation);
    return found == functions.end() ? nullptr : found->second;
}
/// What an operation makes of one number.
using number_function = double (*)(double);
inline number_function single_function(std::string_view operation) {
    static const std::map<std::string_view, number_function> functions = {
        {"Neg", [](double a) { return -a; }},
        {"Abs", [](double a) { return std::abs(a); }},
        {"Sqrt", [](double a) { return std::sqrt(a); }},
        {"Rsqrt", [](double a) { return 1 / std::sqrt(a); }},
        {"Square", [](double a) { return a * a; }},
        {"Reciprocal", [](double a) { return 1 / a; }},
        {"Exp", [](double a) { return std::exp(a); }},
        {"Log", [](double a) { return std::log(a); }},
        {"Floor", [](double a) { return std::floor(a); }},
        {"Ceil", [](double a) { return std::ceil(a); }},
        {"Round", [](double a) { return std::nearbyint(a); }},
        {"Relu", [](double a) { return std::max(a, 0.0); }},
    };
    const auto found = functions.find(operation);
    return found == functions.end() ? nullptr : found->second;
}

/// Types whose numbers are whole.
inline bool is_whole_type(std::string_view type) {
    return type.starts_with("DT_INT") || type.starts_with("DT_UINT") || type == "DT_BOOL" || type == "DT 3";
}

/// Operations on constants of the same rank or a lower one, and on each number of a constant. False where the
/// operation is none of them.
inline bool fold_numbers(tensorflow_builder& graph, const tensorflow_node& operation) {
    const tensorflow_constant& a = *graph.input(operation, 0).constant;
    tensorflow_constant result{{a.data.shape, {}}, a.is_whole};
    std::vector<float>& numbers = result.data.numbers;
    if (operation.operation == "Cast") {
        const std::string type = operation.text("DstT", "DT_FLOAT");
        result.is_whole = is_whole_type(type);
        for (const float each : a.data.numbers)
            numbers.push_back(type == "DT_BOOL" ? (each != 0 ? 1.0F : 0.0F)
                              : result.is_whole ? std::trunc(each)
                                                : each);
    } else if (const number_function function = single_function(operation.operation))
        for (const float each : a.data.numbers)
            numbers.push_back(static_cast<float>(function(each)));
    else if (const number_pair_function both = pair_function(operation.operation)) {
        const tensorflow_constant& b = *graph.input(operation, 1).constant;
        constexpr std::size_t most_numbers = std::size_t{1} << 22; // more than constants that are spread need
        const auto shape = spread_shape(a.data.shape, b.data.shape);
        const auto size = shape ? size_of(*shape) : std::nullopt;
        if (!size || *size > std::max({most_numbers, a.data.numbers.size(), b.data.numbers.size()}))
            return false;
        result.data.shape = *shape;
        numbers = spread_view(a.data.shape, *shape).read(a.data, *shape).numbers;
        std::size_t i = 0;
        spread_view(b.data.shape, *shape).visit(*shape, [&](std::size_t place) {
            numbers[i] = static_cast<float>(both(numbers[i], b.data.numbers[place]));
            ++i;
        });
        if (a.is_whole && operation.operation == "RealDiv")
            result.is_whole = false;
    } else
        return false;
    graph.set(operation, std::move(result));
    return true;
}

/// The shape of a value, and numbers that are made from nothing but shapes.
inline bool fold_shape(tensorflow_builder& graph, const tensorflow_node& operation) {
    const tensorflow_shape shape = graph.input(operation, 0).shape;
    tensorflow_constant result{{}, true};
    if (operation.operation == "Shape") {
        result.data.shape = {shape.size()};
        for (const std::int64_t extent : shape) {
            result.data.numbers.push_back(static_cast<float>(extent));
            result.counts.push_back(counts_samples(extent));
        }
    } else if (operation.operation == "Rank")
        result.data.numbers = {static_cast<float>(shape.size())};
    else
        return false;
    graph.set(operation, std::move(result));
    return true;
}

/// Makes what Fill and Range make of constants.
inline bool fold_made(tensorflow_builder& graph, const tensorflow_node& operation) {
    constexpr double most_numbers = 1 << 20;
    const auto number = [&](std::size_t index) {
        const std::vector<float>& numbers = graph.input(operation, index).constant->data.numbers;
        return numbers.empty() ? 0.0 : double{numbers.front()};
    };
    tensorflow_constant result{{}, graph.input(operation, 0).constant->is_whole};
    if (operation.operation == "Fill") {
        double count = 1;
        for (const float extent : graph.input(operation, 0).constant->data.numbers) {
            count *= extent;
            if (!(extent >= 0 && count <= most_numbers))
                return false;
            result.data.shape.push_back(static_cast<std::size_t>(extent));
        }
        result.is_whole = graph.input(operation, 1).constant->is_whole;
        result.data.numbers.assign(static_cast<std::size_t>(count), static_cast<float>(number(1)));
    } else if (operation.operation == "Range") {
        const double count = std::ceil((number(1) - number(0)) / number(2));
        if (!(count >= 0 && count <= most_numbers))
            return false;
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
            result.data.numbers.push_back(static_cast<float>(number(0) + static_cast<double>(i) * number(2)));
        result.data.shape = {result.data.numbers.size()};
    } else
        return false;
    graph.set(operation, std::move(result));
    return true;
}

/// Computes an operation whose inputs are all known before the network runs. False where it is none of these,
/// or one that changes shapes alone.
inline bool fold(tensorflow_builder& graph, const tensorflow_node& operation) {
    if (operation.inputs.empty())
        return false;
    if (fold_shape(graph, operation))
        return true;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i)
        if (!graph.input(operation, i).constant)
            return false;
    return fold_numbers(graph, operation) || fold_made(graph, operation);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
