// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/io/import/onnx_constant.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// More numbers than any constant of a network has: what makes more is a damaged or hostile file.
constexpr std::size_t most_constant_numbers = std::size_t{1} << 28;

/// How many numbers a shape has; nothing for more than a constant may have.
inline std::optional<std::size_t> constant_size(const std::vector<std::int64_t>& shape) {
    std::size_t result = 1;
    for (const std::int64_t extent : shape) {
        if (extent < 0 || static_cast<std::uint64_t>(extent) > most_constant_numbers ||
            (extent > 0 && result > most_constant_numbers / static_cast<std::size_t>(extent)))
            return std::nullopt;
        result *= static_cast<std::size_t>(extent);
    }
    return result;
}

/// The shape of two that are combined element by element, as NumPy has it: axes are counted from the last
/// one, and one of the extent 1 serves for all places of the other. Nothing where they do not fit.
inline std::optional<std::vector<std::int64_t>> joint_shape(const std::vector<std::int64_t>& one,
                                                            const std::vector<std::int64_t>& other) {
    std::vector<std::int64_t> result(std::max(one.size(), other.size()), 1);
    for (const std::vector<std::int64_t>* const each : {&one, &other})
        for (std::size_t i = 0; i < each->size(); ++i) {
            const std::int64_t extent = (*each)[each->size() - 1 - i];
            std::int64_t& joint = result[result.size() - 1 - i];
            if (joint != 1 && extent != 1 && joint != extent)
                return std::nullopt;
            joint = joint == 1 ? extent : joint;
        }
    return result;
}

/// A constant in a larger shape, where axes of the extent 1 are repeated. Nothing where it does not fit.
inline std::optional<onnx_constant> expand_constant(const onnx_constant& given,
                                                    const std::vector<std::int64_t>& shape) {
    const auto size = constant_size(shape);
    if (!size || joint_shape(given.shape, shape) != shape)
        return std::nullopt;
    if (given.shape == shape)
        return given;
    std::vector<std::size_t> steps(shape.size(), 0);
    std::size_t step = 1;
    for (std::size_t i = 0; i < given.shape.size(); ++i) {
        const std::int64_t extent = given.shape[given.shape.size() - 1 - i];
        steps[shape.size() - 1 - i] = extent == 1 ? 0 : step;
        step *= static_cast<std::size_t>(extent);
    }
    onnx_constant result{shape, std::vector<double>(*size), given.is_whole};
    for (std::size_t i = 0; i < *size; ++i) {
        std::size_t rest = i;
        std::size_t place = 0;
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            const auto extent = static_cast<std::size_t>(shape[axis]);
            place += rest % extent * steps[axis];
            rest /= extent;
        }
        result.numbers[i] = given.numbers[place];
    }
    return result;
}

/// A function of one or two numbers under ONNX's name for it. `gives_truth` says
/// whether truths result, which are whole, instead of numbers like the operands.
template <class Function>
struct constant_function {
    std::string_view type;
    Function compute;
    bool gives_truth = false;
};

inline const auto* find_unary_function(std::string_view type) {
    static constexpr constant_function<double (*)(double)> functions[] = {
        {"Neg", [](double x) { return -x; }},
        {"Abs", [](double x) { return std::abs(x); }},
        {"Floor", [](double x) { return std::floor(x); }},
        {"Ceil", [](double x) { return std::ceil(x); }},
        {"Round", [](double x) { return std::nearbyint(x); }},
        {"Sqrt", [](double x) { return std::sqrt(x); }},
        {"Exp", [](double x) { return std::exp(x); }},
        {"Log", [](double x) { return std::log(x); }},
        {"Sin", [](double x) { return std::sin(x); }},
        {"Cos", [](double x) { return std::cos(x); }},
        {"Erf", [](double x) { return std::erf(x); }},
        {"Tanh", [](double x) { return std::tanh(x); }},
        {"Sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }},
        {"Relu", [](double x) { return std::max(x, 0.0); }},
        {"Reciprocal", [](double x) { return 1 / x; }},
        {"Sign", [](double x) { return static_cast<double>((x > 0) - (x < 0)); }},
        {"Identity", [](double x) { return x; }},
        {"Not", [](double x) { return x == 0 ? 1.0 : 0.0; }, true},
        {"IsNaN", [](double x) { return detail::is_not_a_number(x) ? 1.0 : 0.0; }, true},
    };
    const auto* const found = std::find_if(std::begin(functions), std::end(functions),
                                           [&](const auto& each) { return each.type == type; });
    return found == std::end(functions) ? nullptr : found;
}

inline const auto* find_binary_function(std::string_view type) {
    static constexpr constant_function<double (*)(double, double)> functions[] = {
        {"Add", [](double x, double y) { return x + y; }},
        {"Sub", [](double x, double y) { return x - y; }},
        {"Mul", [](double x, double y) { return x * y; }},
        {"Div", [](double x, double y) { return x / y; }},
        {"Pow", [](double x, double y) { return std::pow(x, y); }},
        {"Max", [](double x, double y) { return std::max(x, y); }},
        {"Min", [](double x, double y) { return std::min(x, y); }},
        // The sign is that of the divisor, or of the dividend where an attribute asks for C's function.
        {"Mod", [](double x, double y) { return x - y * std::floor(x / y); }},
        {"fmod", [](double x, double y) { return std::fmod(x, y); }},
        {"Equal", [](double x, double y) { return x == y ? 1.0 : 0.0; }, true},
        {"Less", [](double x, double y) { return x < y ? 1.0 : 0.0; }, true},
        {"LessOrEqual", [](double x, double y) { return x <= y ? 1.0 : 0.0; }, true},
        {"Greater", [](double x, double y) { return x > y ? 1.0 : 0.0; }, true},
        {"GreaterOrEqual", [](double x, double y) { return x >= y ? 1.0 : 0.0; }, true},
        {"And", [](double x, double y) { return x != 0 && y != 0 ? 1.0 : 0.0; }, true},
        {"Or", [](double x, double y) { return x != 0 || y != 0 ? 1.0 : 0.0; }, true},
        {"Xor", [](double x, double y) { return (x != 0) != (y != 0) ? 1.0 : 0.0; }, true},
    };
    const auto* const found = std::find_if(std::begin(functions), std::end(functions),
                                           [&](const auto& each) { return each.type == type; });
    return found == std::end(functions) ? nullptr : found;
}

/// Two constants, element by element. Nothing where their shapes do not fit, and for a whole number divided
/// by 0.
inline std::optional<onnx_constant> combine_constants(std::string_view type, const onnx_constant& one,
                                                      const onnx_constant& other) {
    const auto* const function = find_binary_function(type);
    const auto shape = joint_shape(one.shape, other.shape);
    if (function == nullptr || !shape)
        return std::nullopt;
    auto result = expand_constant(one, *shape);
    const auto second = expand_constant(other, *shape);
    if (!result || !second)
        return std::nullopt;
    const bool is_quotient = result->is_whole && (type == "Div" || type == "Mod" || type == "fmod");
    const bool is_rounded = is_quotient || (result->is_whole && type == "Pow"); // which has its base's type
    for (std::size_t i = 0; i < result->numbers.size(); ++i) {
        if (is_quotient && second->numbers[i] == 0)
            return std::nullopt;
        const double number = function->compute(result->numbers[i], second->numbers[i]);
        result->numbers[i] = is_rounded ? std::trunc(number) : number;
    }
    result->is_whole = result->is_whole || function->gives_truth;
    return result;
}

/// The numbers along some axes as one: their sum, mean, product, the largest or the smallest.
inline std::optional<onnx_constant> reduce_constant(std::string_view type, const onnx_constant& given,
                                                    const std::vector<std::int64_t>& axes, bool keeps_axes) {
    constexpr std::string_view types[] = {"ReduceSum", "ReduceMean", "ReduceProd", "ReduceMax", "ReduceMin"};
    if (std::find(std::begin(types), std::end(types), type) == std::end(types) || given.numbers.empty())
        return std::nullopt;
    const auto is_reduced = [&](std::size_t axis) {
        return std::find(axes.begin(), axes.end(), static_cast<std::int64_t>(axis)) != axes.end();
    };
    onnx_constant result{{}, {}, given.is_whole};
    std::vector<std::size_t> steps(given.shape.size(), 0);
    std::size_t size = 1;
    for (std::size_t axis = given.shape.size(); axis-- > 0;)
        if (!is_reduced(axis)) {
            steps[axis] = size;
            size *= static_cast<std::size_t>(given.shape[axis]);
        }
    for (std::size_t axis = 0; axis < given.shape.size(); ++axis)
        if (!is_reduced(axis) || keeps_axes)
            result.shape.push_back(is_reduced(axis) ? 1 : given.shape[axis]);
    const auto count = static_cast<double>(given.numbers.size() / size);
    std::vector<bool> is_begun(size, false);
    result.numbers.resize(size);
    for (std::size_t i = 0; i < given.numbers.size(); ++i) {
        std::size_t rest = i;
        std::size_t place = 0;
        for (std::size_t axis = given.shape.size(); axis-- > 0;) {
            const auto extent = static_cast<std::size_t>(given.shape[axis]);
            place += rest % extent * steps[axis];
            rest /= extent;
        }
        double& sum = result.numbers[place];
        const double x = given.numbers[i];
        sum = !is_begun[place]       ? x
              : type == "ReduceProd" ? sum * x
              : type == "ReduceMax"  ? std::max(sum, x)
              : type == "ReduceMin"  ? std::min(sum, x)
                                     : sum + x;
        is_begun[place] = true;
    }
    if (type == "ReduceMean")
        for (double& number : result.numbers)
            number = given.is_whole ? std::trunc(number / count) : number / count;
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
