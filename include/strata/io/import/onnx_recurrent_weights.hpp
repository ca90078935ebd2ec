// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

inline const char* recurrent_kind(std::string_view type) {
    return type == "LSTM" ? "lstm" : type == "GRU" ? "gru" : "simple_rnn";
}

/// Which of ONNX's gates is each of strata's: an LSTM has i o f c there and i f c o here.
inline std::span<const std::size_t> onnx_gates(std::string_view type) {
    static constexpr std::array<std::size_t, 4> lstm{0, 2, 3, 1};
    static constexpr std::array<std::size_t, 3> others{0, 1, 2};
    if (type == "LSTM")
        return lstm;
    return std::span<const std::size_t>(others).first(type == "GRU" ? 3 : 1);
}

/// The rows [gates x units, width] of a direction as a kernel [width, gates x units] with the gates in
/// strata's order.
inline tensor gate_kernel(const onnx_constant& given, std::size_t direction,
                          std::span<const std::size_t> gates, std::size_t units, std::size_t width) {
    const std::size_t columns = gates.size() * units;
    tensor result{{width, columns}, std::vector<float>(width * columns)};
    for (std::size_t gate = 0; gate < gates.size(); ++gate)
        for (std::size_t unit = 0; unit < units; ++unit)
            for (std::size_t i = 0; i < width; ++i) {
                const std::size_t row = direction * columns + gates[gate] * units + unit;
                result.numbers[i * columns + gate * units + unit] =
                    static_cast<float>(given.numbers[row * width + i]);
            }
    return result;
}

/// The biases of a direction, those of the input and those of the state: their sums, or both where a gate
/// works on the state's product alone.
inline tensor gate_bias(const onnx_constant& given, std::size_t direction, std::span<const std::size_t> gates,
                        std::size_t units, bool is_apart) {
    const std::size_t columns = gates.size() * units;
    tensor result{{columns}, std::vector<float>((is_apart ? 2 : 1) * columns)};
    if (is_apart)
        result.shape = {2, columns};
    for (std::size_t row = 0; row < 2; ++row)
        for (std::size_t gate = 0; gate < gates.size(); ++gate)
            for (std::size_t unit = 0; unit < units; ++unit)
                result.numbers[(is_apart ? row : 0) * columns + gate * units + unit] += static_cast<float>(
                    given.numbers[(2 * direction + row) * columns + gates[gate] * units + unit]);
    return result;
}

/// ONNX's functions of gates; nothing for those that recurrent layers do not have.
inline std::optional<std::string> gate_function(std::string_view name, double alpha, double beta) {
    const auto is = [&](std::string_view other) { return name == other; };
    constexpr std::pair<std::string_view, const char*> plain[] = {{"Tanh", "tanh"},
                                                                  {"Sigmoid", "sigmoid"},
                                                                  {"Relu", "relu"},
                                                                  {"Softsign", "softsign"},
                                                                  {"Softplus", "softplus"}};
    for (const auto& [type, kind] : plain)
        if (is(type))
            return kind;
    if (is("HardSigmoid") && std::abs(alpha - 0.2) < 1e-7 && std::abs(beta - 0.5) < 1e-7)
        return "hard_sigmoid";
    if (is("Elu") && alpha == 1)
        return "elu";
    if (is("Affine") && alpha == 1 && beta == 0)
        return "linear";
    return std::nullopt;
}

/// The functions of a node's gates and states, the same for both of its directions.
inline bool set_gate_functions(onnx_builder& graph, const onnx_node& operation, graph_node& made) {
    const auto given = operation.attributes.find("activations");
    std::vector<std::string> names =
        given == operation.attributes.end() ? std::vector<std::string>{} : given->second.texts;
    const std::size_t directions = made.kind == "bidirectional" ? 2 : 1;
    const std::size_t count = operation.type == "LSTM" ? 3 : operation.type == "GRU" ? 2 : 1;
    if (names.empty())
        for (std::size_t direction = 0; direction < directions; ++direction)
            for (std::size_t i = 0; i < count; ++i)
                names.push_back(count > 1 && i == 0 ? "Sigmoid" : "Tanh");
    if (names.size() != directions * count)
        graph.fail(operation, internal::concatenate(directions * count, " activations"),
                   internal::concatenate(names.size()));
    const auto alpha = operation.attributes.find("activation_alpha");
    const auto beta = operation.attributes.find("activation_beta");
    // Each function that has such numbers takes the next ones.
    std::size_t alphas = 0;
    std::size_t betas = 0;
    const auto number = [&](const auto& list, std::size_t place, double preset) {
        return list != operation.attributes.end() && place < list->second.reals.size()
                   ? list->second.reals[place]
                   : preset;
    };
    std::vector<std::string> functions;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const bool has_both = names[i] == "HardSigmoid" || names[i] == "Affine";
        const bool has_alpha = has_both || names[i] == "Elu";
        const double preset = names[i] == "HardSigmoid" ? 0.2 : 1;
        const auto function =
            gate_function(names[i], has_alpha ? number(alpha, alphas++, preset) : 0,
                          has_both ? number(beta, betas++, names[i] == "HardSigmoid" ? 0.5 : 0) : 0);
        if (!function) {
            graph.add_problem(operation, "the function " + names[i]);
            return false;
        }
        functions.push_back(*function);
    }
    const bool is_twofold =
        directions == 2 &&
        !std::equal(functions.begin(), functions.begin() + static_cast<std::ptrdiff_t>(count),
                    functions.begin() + static_cast<std::ptrdiff_t>(count));
    if (is_twofold || (count == 3 && functions[1] != functions[2])) {
        graph.add_problem(operation, "different functions where strata has one");
        return false;
    }
    made.attributes["activation"] = functions[count == 1 ? 0 : 1];
    if (count > 1)
        made.attributes["recurrent_activation"] = functions[0];
    return true;
}

/// Attributes and weights of a recurrent node.
inline bool set_cell(onnx_builder& graph, const onnx_node& operation, graph_node& made, std::size_t units,
                     std::size_t features) {
    const std::size_t directions = made.kind == "bidirectional" ? 2 : 1;
    const auto gates = onnx_gates(operation.type);
    const std::size_t columns = gates.size() * units;
    const onnx_constant* const kernel = graph.constant(operation, 1);
    const onnx_constant* const recurrent = graph.constant(operation, 2);
    const onnx_constant* const bias = graph.has_input(operation, 3) ? graph.constant(operation, 3) : nullptr;
    if (kernel == nullptr || recurrent == nullptr || (bias == nullptr && graph.has_input(operation, 3)))
        return false;
    const auto expect = [&](const onnx_constant& given, std::vector<std::size_t> shape, const char* name) {
        if (!std::equal(shape.begin(), shape.end(), given.shape.begin(), given.shape.end(),
                        [](std::size_t a, std::int64_t b) { return static_cast<std::int64_t>(a) == b; }) ||
            units == 0)
            graph.fail(operation,
                       internal::concatenate(name, " of ", directions, " directions, ", units, " units"),
                       "another shape");
    };
    expect(*kernel, {directions, columns, features}, "W");
    expect(*recurrent, {directions, columns, units}, "R");
    if (bias != nullptr)
        expect(*bias, {directions, 2 * columns}, "B");
    if (real_of(operation, "clip", 0) != 0 || whole_of(operation, "input_forget", 0) != 0) {
        graph.add_problem(operation, "clipped sums, or an input gate that is the forget gate's rest");
        return false;
    }
    constexpr std::size_t peepholes = 7;
    if (graph.has_input(operation, peepholes)) {
        const onnx_constant* const given = graph.constant(operation, peepholes);
        if (given == nullptr || std::any_of(given->numbers.begin(), given->numbers.end(),
                                            [](double each) { return each != 0; })) {
            if (given != nullptr)
                graph.add_problem(operation, "gates that look at the inner state (peepholes)");
            return false;
        }
    }
    const bool is_apart = operation.type == "GRU" && whole_of(operation, "linear_before_reset", 0) != 0;
    const std::string cell = recurrent_kind(operation.type);
    made.attributes["units"] = static_cast<double>(units);
    made.attributes["bias"] = bias != nullptr ? 1.0 : 0.0;
    made.attributes["reset_after"] = is_apart ? 1.0 : 0.0;
    made.attributes["merge"] = std::string("concat");
    made.attributes["cell"] = cell;
    for (std::size_t direction = 0; direction < directions; ++direction) {
        const std::string prefix =
            directions == 1 ? "" : (direction == 0 ? "forward." : "backward.") + cell + ".";
        made.weights.emplace_back(prefix + "kernel", gate_kernel(*kernel, direction, gates, units, features));
        made.weights.emplace_back(prefix + "recurrent_kernel",
                                  gate_kernel(*recurrent, direction, gates, units, units));
        if (bias != nullptr)
            made.weights.emplace_back(prefix + "bias", gate_bias(*bias, direction, gates, units, is_apart));
    }
    return set_gate_functions(graph, operation, made);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
