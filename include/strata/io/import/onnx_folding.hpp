// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant_arithmetic.hpp>
#include <strata/io/import/onnx_constant_places.hpp>
#include <strata/io/import/onnx_number_types.hpp>
#include <strata/io/import/onnx_older_operands.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/io/import/sample_count.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// What is known before the network runs becomes constants: shapes, above all. Each function computes one
/// operator whose inputs are all constant, and gives nothing where it does not fit.
namespace folding {
using folded = std::optional<onnx_constant>;

inline const onnx_constant& operand(const onnx_builder& graph, const onnx_node& operation,
                                    std::size_t index) {
    return *graph.input(operation, index).constant;
}
inline std::optional<std::vector<std::int64_t>> whole_operand(const onnx_builder& graph,
                                                              const onnx_node& operation, std::size_t index) {
    return graph.has_input(operation, index) ? std::optional(as_wholes(operand(graph, operation, index)))
                                             : std::nullopt;
}
inline std::optional<std::size_t> axis_of(const onnx_node& operation, const onnx_constant& constant,
                                          std::int64_t fallback = 0) {
    return counted_place(whole_of(operation, "axis", fallback),
                         static_cast<std::int64_t>(constant.shape.size()));
}
inline onnx_constant whole_list(const std::vector<std::int64_t>& numbers) {
    return {{static_cast<std::int64_t>(numbers.size())}, {numbers.begin(), numbers.end()}, true};
}

inline folded apply_function(onnx_builder& graph, const onnx_node& operation) {
    onnx_constant result = operand(graph, operation, 0);
    const auto* const function = find_unary_function(operation.type);
    for (double& number : result.numbers)
        number = function->compute(number);
    result.is_whole = result.is_whole || function->gives_truth;
    return result;
}
inline folded combine(onnx_builder& graph, const onnx_node& operation) {
    folded result = operand(graph, operation, 0);
    const bool has_sign = operation.type == "Mod" && whole_of(operation, "fmod", 0) != 0;
    for (std::size_t i = 1; result && i < operation.inputs.size(); ++i) {
        onnx_constant other = operand(graph, operation, i);
        if (says_axis_of_operand(operation, graph.opset()) &&
            !spread_operand(operation, result->shape.size(), other))
            return std::nullopt;
        result = combine_constants(has_sign ? "fmod" : std::string_view(operation.type), *result, other);
    }
    return result;
}
inline folded change_type(onnx_builder& graph, const onnx_node& operation) {
    onnx_constant result = operand(graph, operation, 0);
    const std::int64_t type = whole_of(operation, "to", 1);
    constexpr std::int64_t truth = 9;
    for (std::size_t i = 0; i < result.numbers.size(); ++i) {
        double& number = result.numbers[i];
        if (!result.counts.empty() && result.counts[i]) { // a stand-in, which a type need not hold
            number = type == truth              ? (number != 0 ? 1.0 : 0.0)
                     : is_whole_onnx_type(type) ? std::trunc(number)
                                                : number;
            continue;
        }
        const auto made = cast_number(number, result.is_whole, type);
        if (!made)
            graph.fail(operation, "numbers that its type holds", std::to_string(number));
        number = *made;
    }
    result.is_whole = is_whole_onnx_type(type);
    return result;
}
inline folded join(onnx_builder& graph, const onnx_node& operation) {
    std::vector<const onnx_constant*> parts;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i)
        parts.push_back(&operand(graph, operation, i));
    const auto axis = axis_of(operation, *parts.front());
    return axis ? join_constants(parts, *axis) : std::nullopt;
}
inline folded gather(onnx_builder& graph, const onnx_node& operation) {
    const onnx_constant& given = operand(graph, operation, 0);
    const onnx_constant& chosen = operand(graph, operation, 1);
    const auto axis = axis_of(operation, given);
    if (!axis)
        return std::nullopt;
    std::vector<std::size_t> places;
    for (const std::int64_t each : as_wholes(chosen)) {
        const auto place = counted_place(each, given.shape[*axis]);
        if (!place)
            graph.fail(operation,
                       internal::concatenate("places along an axis of ", std::size_t(given.shape[*axis])),
                       "others");
        places.push_back(*place);
    }
    std::vector<std::int64_t> shape = given.shape;
    shape[*axis] = static_cast<std::int64_t>(places.size());
    if (!constant_size(shape))
        return std::nullopt;
    onnx_constant result = choose_places(given, *axis, places);
    const auto replaced = result.shape.begin() + static_cast<std::ptrdiff_t>(*axis);
    result.shape.insert(result.shape.erase(replaced), chosen.shape.begin(), chosen.shape.end());
    return result;
}
inline folded slice(onnx_builder& graph, const onnx_node& operation) {
    onnx_constant result = operand(graph, operation, 0);
    const auto begins = whole_operand(graph, operation, 1).value_or(wholes_of(operation, "starts"));
    const auto ends = whole_operand(graph, operation, 2).value_or(wholes_of(operation, "ends"));
    auto axes = whole_operand(graph, operation, 3).value_or(wholes_of(operation, "axes"));
    const auto steps = whole_operand(graph, operation, 4);
    if (axes.empty()) {
        axes.resize(begins.size());
        std::iota(axes.begin(), axes.end(), std::int64_t{0});
    }
    for (std::size_t i = 0; i < begins.size(); ++i) {
        if (i >= axes.size() || i >= ends.size() || (steps && (i >= steps->size() || (*steps)[i] == 0)))
            return std::nullopt;
        const auto axis = counted_place(axes[i], static_cast<std::int64_t>(result.shape.size()));
        if (!axis)
            return std::nullopt;
        result = choose_places(
            result, *axis, sliced_places(result.shape[*axis], begins[i], ends[i], steps ? (*steps)[i] : 1));
    }
    return result;
}
inline folded transpose(onnx_builder& graph, const onnx_node& operation) {
    const onnx_constant& given = operand(graph, operation, 0);
    std::vector<std::size_t> order;
    for (const std::int64_t axis : wholes_of(operation, "perm"))
        order.push_back(static_cast<std::size_t>(axis));
    if (order.empty())
        for (std::size_t axis = given.shape.size(); axis-- > 0;)
            order.push_back(axis);
    std::vector<std::size_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t axis = 0; axis < sorted.size(); ++axis)
        if (sorted.size() != given.shape.size() || sorted[axis] != axis)
            return std::nullopt;
    return permute_constant(given, order);
}
inline folded expand(onnx_builder& graph, const onnx_node& operation) {
    const onnx_constant& given = operand(graph, operation, 0);
    const auto shape = joint_shape(given.shape, as_wholes(operand(graph, operation, 1)));
    return shape ? expand_constant(given, *shape) : std::nullopt;
}
inline folded tile(onnx_builder& graph, const onnx_node& operation) {
    onnx_constant result = operand(graph, operation, 0);
    const std::vector<std::int64_t> times = as_wholes(operand(graph, operation, 1));
    std::vector<std::int64_t> shape = result.shape;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
        if (times.size() != shape.size() || times[axis] < 0 || times[axis] > (std::int64_t{1} << 30))
            return std::nullopt;
        shape[axis] *= times[axis];
        if (!constant_size(shape))
            return std::nullopt;
        std::vector<std::size_t> places;
        for (std::int64_t place = 0; place < shape[axis]; ++place)
            places.push_back(static_cast<std::size_t>(place % result.shape[axis]));
        result = choose_places(result, axis, places);
    }
    return result;
}
inline folded fill(onnx_builder& graph, const onnx_node& operation) {
    const std::vector<std::int64_t> shape = as_wholes(operand(graph, operation, 0));
    const auto size = constant_size(shape);
    if (!size)
        return std::nullopt;
    const auto value = operation.attributes.find("value");
    onnx_constant filler{{1}, {0.0}, false};
    if (value != operation.attributes.end() && value->second.has_tensor)
        filler = graph.read_tensor(value->second.tensor);
    if (filler.numbers.size() != 1)
        return std::nullopt;
    return onnx_constant{shape, std::vector<double>(*size, filler.numbers.front()), filler.is_whole};
}
inline folded count_up(onnx_builder& graph, const onnx_node& operation) {
    for (std::size_t i = 0; i < 3; ++i)
        if (operand(graph, operation, i).numbers.size() != 1)
            return std::nullopt;
    const double begin = operand(graph, operation, 0).numbers.front();
    const double step = operand(graph, operation, 2).numbers.front();
    const double count =
        std::ceil((operand(graph, operation, 1).numbers.front() - begin) / (step == 0 ? 1 : step));
    if (step == 0 || !(count < static_cast<double>(most_constant_numbers)))
        return std::nullopt;
    onnx_constant result{{}, {}, operand(graph, operation, 0).is_whole};
    for (double i = 0; i < count; ++i)
        result.numbers.push_back(begin + i * step);
    result.shape = {static_cast<std::int64_t>(result.numbers.size())};
    return result;
}
inline folded choose(onnx_builder& graph, const onnx_node& operation) {
    const onnx_constant& condition = operand(graph, operation, 0);
    const onnx_constant& yes = operand(graph, operation, 1);
    const onnx_constant& no = operand(graph, operation, 2);
    const auto pair = joint_shape(yes.shape, no.shape);
    const auto shape = pair ? joint_shape(*pair, condition.shape) : std::nullopt;
    if (!shape)
        return std::nullopt;
    auto result = expand_constant(yes, *shape);
    const auto others = expand_constant(no, *shape);
    const auto truths = expand_constant(condition, *shape);
    if (!result || !others || !truths)
        return std::nullopt;
    for (std::size_t i = 0; i < result->numbers.size(); ++i)
        result->numbers[i] = truths->numbers[i] != 0 ? result->numbers[i] : others->numbers[i];
    return result;
}
inline folded reduce(onnx_builder& graph, const onnx_node& operation) {
    const onnx_constant& given = operand(graph, operation, 0);
    const auto rank = static_cast<std::int64_t>(given.shape.size());
    auto axes = axes_of(graph, operation, 1, rank);
    if (axes && axes->empty()) {
        if (whole_of(operation, "noop_with_empty_axes", 0) != 0)
            return given;
        axes->resize(given.shape.size());
        std::iota(axes->begin(), axes->end(), std::int64_t{0});
    }
    return axes ? reduce_constant(operation.type, given, *axes, whole_of(operation, "keepdims", 1) != 0)
                : std::nullopt;
}

/// Shape and Size, of a value as well.
inline folded measure(const onnx_builder& graph, const onnx_node& operation) {
    const std::vector<std::int64_t> shape = shape_of_input(graph.input(operation, 0));
    if (operation.type == "Size")
        return onnx_constant{{},
                             {static_cast<double>(size_of_shape(shape))},
                             true,
                             {std::any_of(shape.begin(), shape.end(), counts_samples)}};
    const auto rank = static_cast<std::int64_t>(shape.size());
    const auto bound = [&](std::string_view key, std::int64_t fallback) {
        const std::int64_t given = whole_of(operation, key, fallback);
        return std::clamp<std::int64_t>(given + (given < 0 ? rank : 0), 0, rank);
    };
    const std::int64_t begin = bound("start", 0);
    onnx_constant result =
        whole_list({shape.begin() + begin, shape.begin() + std::max(begin, bound("end", rank))});
    for (const double extent : result.numbers)
        result.counts.push_back(counts_samples(static_cast<std::int64_t>(extent)));
    return result;
}
} // namespace folding

/// What computes an operator of constants; null for others.
using onnx_folder = folding::folded (*)(onnx_builder&, const onnx_node&);
inline onnx_folder find_folder(std::string_view type) {
    if (find_unary_function(type) != nullptr)
        return folding::apply_function;
    if (find_binary_function(type) != nullptr)
        return folding::combine;
    static const std::map<std::string_view, onnx_folder> folders = {
        {"Cast", folding::change_type},     {"Concat", folding::join},      {"Gather", folding::gather},
        {"Slice", folding::slice},          {"Where", folding::choose},     {"Transpose", folding::transpose},
        {"Expand", folding::expand},        {"Tile", folding::tile},        {"Range", folding::count_up},
        {"ConstantOfShape", folding::fill}, {"ReduceSum", folding::reduce}, {"ReduceMean", folding::reduce},
        {"ReduceMax", folding::reduce},     {"ReduceMin", folding::reduce}, {"ReduceProd", folding::reduce}};
    const auto found = folders.find(type);
    return found == folders.end() ? nullptr : found->second;
}

/// Whether an operator is known where all that it reads is.
inline bool is_folded_operator(std::string_view type) {
    return type == "Shape" || type == "Size" || find_folder(type) != nullptr;
}

/// Computes a node whose inputs are all known before the network runs; a problem where they do not fit it.
/// False where it is none of these.
inline bool fold(onnx_builder& graph, const onnx_node& operation) {
    const auto keep = [&](const folding::folded& result) {
        if (result)
            graph.set_constant(operation, *result);
        else
            graph.add_problem(operation, "of constants that do not fit it, or of more than a network has");
        return true;
    };
    if (operation.inputs.empty())
        return false;
    if (operation.type == "Shape" || operation.type == "Size")
        return keep(folding::measure(graph, operation));
    for (std::size_t i = 0; i < operation.inputs.size(); ++i)
        if (graph.has_input(operation, i) && !graph.input(operation, i).constant)
            return false;
    const onnx_folder compute = find_folder(operation.type);
    return compute != nullptr && keep(compute(graph, operation));
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
