// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/onnx_constant.hpp>
#include <strata/io/import/onnx_message.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The states of recurrent layers that a model gets as inputs and gives back as outputs. A program hands them
/// on from call to call; in strata a stream keeps them. Between the inputs, the layers and the outputs stand
/// operators that move numbers and change none: so each number of a state gets a number of its own here,
/// these are moved as constants are, and where they arrive tells which number becomes which.
class onnx_states {
public:
    /// Whether numbers of an input of the model become a first state of a recurrent layer.
    [[nodiscard]] static bool is_state(const std::vector<onnx_node>& nodes, const std::string& input) {
        std::set<std::string, std::less<>> moved{input};
        for (const onnx_node& each : nodes) {
            const bool is_layer = is_recurrent(each.type);
            for (std::size_t i = 0; i < each.inputs.size(); ++i) {
                if (moved.find(each.inputs[i]) == moved.end())
                    continue;
                if (is_layer && (i == 5 || i == 6))
                    return true;
                if (moves_numbers(each.type) && (i == 0 || each.type == "Concat"))
                    moved.insert(each.outputs.begin(), each.outputs.end());
            }
        }
        return false;
    }
    /// Whether an input is a sequence with its steps first and its samples second, as a recurrent layer
    /// takes it.
    [[nodiscard]] static bool counts_steps_first(const std::vector<onnx_node>& nodes,
                                                 const std::string& input) {
        for (const onnx_node& each : nodes)
            if (is_recurrent(each.type) && !each.inputs.empty() && each.inputs.front() == input) {
                const auto layout = each.attributes.find("layout");
                return layout == each.attributes.end() || layout->second.whole == 0;
            }
        return false;
    }
    [[nodiscard]] static bool is_recurrent(std::string_view type) {
        return type == "LSTM" || type == "GRU" || type == "RNN";
    }
    /// Whether an operator gives numbers of its first inputs as they are.
    [[nodiscard]] static bool moves_numbers(std::string_view type) {
        for (const char* const each : {"Gather", "Slice", "Squeeze", "Unsqueeze", "Reshape", "Transpose",
                                       "Concat", "Identity", "Cast", "Flatten"})
            if (type == each)
                return true;
        return false;
    }

    /// The numbers of a state that the model gets as an input.
    [[nodiscard]] onnx_constant give(const std::string& name, std::vector<std::int64_t> shape,
                                     std::size_t size) {
        onnx_constant result{std::move(shape), {}, true};
        for (std::size_t i = 0; i < size; ++i) {
            result.numbers.push_back(static_cast<double>(elements_.size()));
            elements_.push_back({true, given_.size(), i});
        }
        given_.push_back({name, size});
        return result;
    }
    /// The numbers of a state that a layer's node leaves, in the order of those that it got.
    [[nodiscard]] onnx_constant leave(std::vector<std::int64_t> shape, const onnx_constant& got) {
        onnx_constant result{std::move(shape), {}, true};
        for (const double number : got.numbers) {
            result.numbers.push_back(static_cast<double>(elements_.size()));
            const origin& followed = elements_[static_cast<std::size_t>(number)];
            elements_.push_back({false, followed.input, followed.element});
        }
        return result;
    }
    /// Whether all of them are numbers of states that the model gets.
    [[nodiscard]] bool are_given(const onnx_constant& numbers) const {
        for (const double each : numbers.numbers)
            if (!elements_[static_cast<std::size_t>(each)].given)
                return false;
        return true;
    }

    /// Takes an output of the model that is a state which a layer left: each number of it is the next one of
    /// the number at the same place of an input. False where it is another value.
    bool take_back(const onnx_constant& numbers) {
        std::optional<std::size_t> input;
        for (std::size_t i = 0; i < numbers.numbers.size(); ++i) {
            const origin& each = elements_[static_cast<std::size_t>(numbers.numbers[i])];
            if (each.given || each.element != i || (input && *input != each.input) ||
                given_[each.input].size != numbers.numbers.size())
                return false;
            input = each.input;
        }
        if (!input)
            return false;
        returned_.insert(*input);
        return true;
    }
    /// What is wrong with the states of a model whose outputs were all taken; nothing where all is well.
    [[nodiscard]] std::string problem() const {
        for (std::size_t i = 0; i < given_.size(); ++i)
            if (returned_.find(i) == returned_.end())
                return "state " + given_[i].name + " as an output again, each number at its place";
        return {};
    }

private:
    /// A number of a state that an input gives, or the one that follows it.
    struct origin {
        bool given;
        std::size_t input;
        std::size_t element;
    };
    struct state_input {
        std::string name;
        std::size_t size;
    };

    std::vector<origin> elements_;
    std::vector<state_input> given_;
    std::set<std::size_t> returned_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
