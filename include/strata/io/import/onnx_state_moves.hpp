// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/onnx_attributes.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant.hpp>
#include <strata/io/import/onnx_states.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// An operator that moves numbers of states, of which `read` computes the values: it is computed of the
/// states' numbers as of constants, and of the values where they have some. True where that was all.
template <class Read>
bool move_states(onnx_builder& graph, const onnx_node& operation, const Read& read) {
    bool has_state = false;
    bool is_alone = false;
    bool moves = onnx_states::moves_numbers(operation.type) && operation.outputs.size() == 1;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i)
        if (graph.has_input(operation, i)) {
            const onnx_value& value = graph.input(operation, i);
            has_state = has_state || value.state != nullptr;
            is_alone = is_alone || value.is_state_alone;
            // What follows the first input says how that is moved, unless all are joined.
            const bool is_moved = i == 0 || operation.type == "Concat";
            moves = moves && (is_moved ? value.state != nullptr : value.constant.has_value());
        }
    const bool is_reader =
        onnx_states::is_recurrent(operation.type) || operation.type == "Shape" || operation.type == "Size";
    if (!has_state || is_reader)
        return false;
    if (!moves) {
        if (is_alone)
            graph.add_problem(operation,
                              "of a state that a stream keeps, which nothing but its layer may read");
        return is_alone;
    }
    std::vector<std::pair<std::string, onnx_value>> kept;
    for (std::size_t i = 0; i < operation.inputs.size(); ++i)
        if (graph.has_input(operation, i) && graph.input(operation, i).state != nullptr)
            kept.emplace_back(operation.inputs[i], graph.input(operation, i));
    // What the operator makes of these values instead; nothing where it cannot.
    const auto read_instead = [&](const auto& replace) -> std::optional<onnx_value> {
        for (const auto& [name, value] : kept)
            graph.values[name] = replace(value);
        const bool is_read = graph.attempt([&] { read(graph, operation); });
        for (const auto& [name, value] : kept)
            graph.values[name] = value;
        return is_read ? std::optional(graph.values[operation.outputs.front()]) : std::nullopt;
    };
    const auto numbers_of = [](const onnx_value& value) {
        onnx_value numbers;
        numbers.constant = *value.state;
        numbers.shape = value.state->shape;
        return numbers;
    };
    // A type of reals rounds a state's numbers, and says nothing of which number each is.
    const bool is_cast = operation.type == "Cast";
    const auto moved = is_cast ? std::optional(numbers_of(kept.front().second)) : read_instead(numbers_of);
    if (!moved || !moved->constant || (is_cast && is_whole_onnx_type(whole_of(operation, "to", 1)))) {
        graph.add_problem(operation, "of a state that a stream keeps");
        return true;
    }
    const auto computed = is_alone ? std::nullopt : read_instead([](const onnx_value& value) {
        onnx_value stateless = value;
        stateless.state = nullptr;
        return stateless;
    });
    onnx_value result;
    if (computed)
        result = *computed;
    else
        result.shape = moved->constant->shape;
    result.is_state_alone = !computed;
    result.state = std::make_shared<const onnx_constant>(*moved->constant);
    graph.set(operation, std::move(result));
    return true;
}

/// What an operator computes of a state is none any more.
inline void forget_states(onnx_builder& graph, const onnx_node& operation) {
    if (!onnx_states::is_recurrent(operation.type))
        for (const std::string& output : operation.outputs)
            graph.values[output].state = nullptr;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
