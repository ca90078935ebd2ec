// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/direction_pairs.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_recurrent_weights.hpp>
#include <strata/io/import/onnx_shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// LSTM, GRU and RNN of ONNX: X [steps, samples, features], or [samples, steps, features] with layout 1. They
/// give Y, the results of all steps, [steps, directions, samples, units] or [samples, steps, directions,
/// units], Y_h, those of the last one, and an LSTM Y_c.
class onnx_recurrence {
public:
    onnx_recurrence(onnx_builder& graph, const onnx_node& operation)
        : graph_(graph),
          operation_(operation),
          is_sample_first_(whole_of(operation, "layout", 0) != 0),
          is_both_(word_of(operation, "direction", "forward") == "bidirectional"),
          units_(static_cast<std::size_t>(std::max<std::int64_t>(whole_of(operation, "hidden_size", 0), 0))) {
    }

    void read() {
        const onnx_value& x = graph_.input(operation_, 0);
        constexpr std::size_t most_units = 1U << 20;
        if (units_ == 0 || units_ > most_units)
            graph_.fail(operation_, "a hidden_size as layers have", internal::concatenate(units_));
        if (x.constant || x.is_state_alone || x.shape.size() != 3)
            return graph_.add_problem(operation_, "its input is no sequence");
        const std::size_t sample_axis = is_sample_first_ ? 0 : 1;
        if (graph_.first_axis > 0 ? x.samples != sample_axis : x.shape[sample_axis] != 1)
            return graph_.add_problem(operation_, "its samples are along another axis than layout says");
        steps_ = static_cast<std::size_t>(x.shape[step_axis()]);
        const std::int64_t samples = x.shape[sample_axis];
        const auto sequence = graph_.arrange(operation_, x, {step_axis(), 2});
        if (!sequence || !takes_all_steps() || !take_states())
            return;
        graph_node made{is_both_ ? "bidirectional" : recurrent_kind(operation_.type), ""};
        if (!set_cell(graph_, operation_, made, units_, graph_.node(sequence->node).shape.back()))
            return;
        const bool is_reverse = word_of(operation_, "direction", "forward") == "reverse";
        const bool is_last_alone = steps_ == 1 || !is_wanted(0);
        made.attributes["last_step"] = is_last_alone ? 1.0 : 0.0;
        made.attributes["backwards"] = is_reverse && steps_ > 1 ? 1.0 : 0.0;
        if (is_reverse && !is_last_alone)
            made.hint = reverse_results;
        if (first_state_ != nullptr)
            made.attributes["keeps_state"] = 1.0;
        if (first_state_ != nullptr && (is_both_ || (is_reverse && steps_ > 1)))
            made.hint = "a state that goes on behind a layer which reads the steps backwards";
        if (is_wanted(2) && first_state_ == nullptr)
            return graph_.add_problem(operation_, "its inner state as a result");
        if (const auto number = graph_.add(operation_, std::move(made), {sequence->node}))
            set_results(samples, *number, is_last_alone);
    }

private:
    [[nodiscard]] std::size_t step_axis() const { return is_sample_first_ ? 1 : 0; }
    [[nodiscard]] bool is_wanted(std::size_t output) const {
        if (output >= operation_.outputs.size() || operation_.outputs[output].empty())
            return false;
        const auto found = graph_.uses.find(operation_.outputs[output]);
        return found != graph_.uses.end() && found->second > 0;
    }

    /// Whether no sequence ends before the others do.
    bool takes_all_steps() {
        constexpr std::size_t lengths = 4;
        if (!graph_.has_input(operation_, lengths))
            return true;
        const onnx_constant* const given = graph_.constant(operation_, lengths);
        const auto is_whole = [&](double each) { return each == static_cast<double>(steps_); };
        if (given != nullptr && !std::all_of(given->numbers.begin(), given->numbers.end(), is_whole))
            graph_.add_problem(operation_, "sequences of other lengths than all steps");
        return given != nullptr && std::all_of(given->numbers.begin(), given->numbers.end(), is_whole);
    }

    /// The states before the first step: zeros, or those that a program hands on from call to call.
    bool take_states() {
        for (const std::size_t index : {std::size_t{5}, std::size_t{6}}) {
            if (!graph_.has_input(operation_, index))
                continue;
            const onnx_value& value = graph_.input(operation_, index);
            const auto is_zero = [](double each) { return each == 0; };
            if (value.constant &&
                std::all_of(value.constant->numbers.begin(), value.constant->numbers.end(), is_zero))
                continue;
            const std::size_t size = units_ * (is_both_ ? 2 : 1);
            if (value.state == nullptr || value.state->numbers.size() != size ||
                !graph_.states.are_given(*value.state)) {
                graph_.add_problem(operation_,
                                   "a first state that is neither zero nor an input of the model");
                return false;
            }
            (index == 5 ? first_state_ : first_inner_state_) = value.state;
        }
        const bool needs_both = operation_.type == "LSTM";
        if ((first_state_ == nullptr) != (first_inner_state_ == nullptr) && needs_both) {
            graph_.add_problem(operation_, "one of its two states alone as an input of the model");
            return false;
        }
        return true;
    }

    std::optional<std::size_t> cut(std::size_t number, std::size_t axis, std::size_t begin, std::size_t end) {
        graph_node made{"slice", ""};
        made.attributes = {{"axis", static_cast<double>(axis)},
                           {"begin", static_cast<double>(begin)},
                           {"end", static_cast<double>(end)},
                           {"step", 1.0}};
        return graph_.add(operation_, std::move(made), {number});
    }
    /// The last of all results: of both directions [2, units], the backward one's beside the first step.
    std::optional<std::size_t> last_result(std::size_t number) {
        const auto last = cut(number, 0, steps_ - 1, steps_);
        if (!is_both_ || !last)
            return last ? add_reshape(graph_, operation_, *last, {units_}) : std::nullopt;
        const auto first = cut(number, 0, 0, 1);
        const auto forward = cut(*last, 1, 0, units_);
        const auto backward = first ? cut(*first, 1, units_, 2 * units_) : std::nullopt;
        graph_node made{"concat", ""};
        made.attributes["axis"] = 0.0;
        return forward && backward ? graph_.add(operation_, std::move(made), {*forward, *backward})
                                   : std::nullopt;
    }

    void set_results(std::int64_t samples, std::size_t number, bool is_last_alone) {
        const auto units = static_cast<std::int64_t>(units_);
        const std::int64_t directions = is_both_ ? 2 : 1;
        onnx_value all;
        all.node = number;
        onnx_value last;
        last.node = number;
        if (is_both_) {
            extents shape = graph_.node(number).shape;
            shape.back() = units_;
            shape.insert(shape.end() - 1, 2);
            const auto parted = add_reshape(graph_, operation_, number, shape);
            if (!parted)
                return;
            all.node = last.node = *parted;
        }
        const auto steps = static_cast<std::int64_t>(steps_);
        const std::size_t direction = is_sample_first_ ? 2 : 1;
        all.shape = is_sample_first_ ? std::vector<std::int64_t>{samples, steps, directions, units}
                                     : std::vector<std::int64_t>{steps, directions, samples, units};
        const auto sample_axis = [&](std::size_t axis) {
            return is_sample_first_ || graph_.first_axis == 0 ? std::size_t{0} : axis;
        };
        all.samples = sample_axis(2);
        if (!is_last_alone)
            all.axes.push_back(step_axis());
        if (is_both_)
            all.axes.push_back(direction);
        all.axes.push_back(3);
        last.shape = is_sample_first_ ? std::vector<std::int64_t>{samples, directions, units}
                                      : std::vector<std::int64_t>{directions, samples, units};
        last.samples = sample_axis(1);
        if (is_both_)
            last.axes.push_back(is_sample_first_ ? 1 : 0);
        last.axes.push_back(2);
        const auto give = [&](std::size_t output, onnx_value value) {
            if (output < operation_.outputs.size() && !operation_.outputs[output].empty())
                graph_.values[operation_.outputs[output]] = std::move(value);
        };
        onnx_value inner;
        inner.shape = last.shape;
        inner.is_state_alone = true;
        if (first_state_ != nullptr)
            last.state = std::make_shared<const onnx_constant>(
                graph_.states.leave({directions, 1, units}, *first_state_));
        if (first_inner_state_ != nullptr)
            inner.state = std::make_shared<const onnx_constant>(
                graph_.states.leave({directions, 1, units}, *first_inner_state_));
        give(0, std::move(all));
        if (!is_last_alone && is_wanted(1)) {
            const auto result = last_result(number);
            if (!result)
                return;
            last.node = *result;
        }
        if (is_last_alone || !is_both_ || is_wanted(1))
            give(1, std::move(last));
        if (first_inner_state_ != nullptr)
            give(2, std::move(inner));
    }

    onnx_builder& graph_;
    const onnx_node& operation_;
    bool is_sample_first_;
    bool is_both_;
    std::size_t units_;
    std::size_t steps_ = 0;
    std::shared_ptr<const onnx_constant> first_state_{};
    std::shared_ptr<const onnx_constant> first_inner_state_{};
};

inline void read_recurrent(onnx_builder& graph, const onnx_node& operation) {
    onnx_recurrence(graph, operation).read();
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
