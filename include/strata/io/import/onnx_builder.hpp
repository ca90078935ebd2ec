// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_attributes.hpp>
#include <strata/io/import/onnx_constant.hpp>
#include <strata/io/import/onnx_message.hpp>
#include <strata/io/import/onnx_states.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A value of an ONNX graph: a constant, or what a node of ours gives, and how its axes lie there. ONNX has
/// channels first; a node of ours has them where `axes` says: the axes of ONNX, counted with the batch, in
/// the order of the node's shape. Axes that are not in the list have the extent 1 or count samples. So
/// transposing, squeezing and unsqueezing are other lists, and no layers.
struct onnx_value {
    std::optional<onnx_constant> constant{};
    std::size_t node = 0;
    std::vector<std::int64_t> shape{};
    std::vector<std::size_t> axes{};
    /// Of a flattened image: where in the node's row each element of ONNX's row is. Empty where it is there.
    std::vector<std::size_t> places{};
    extents image_shape{};                 ///< of that image, as its node had it
    std::vector<std::size_t> image_axes{}; ///< and which axes of ONNX they were
    bool is_known = true;                  ///< not of what stands behind an operator that nobody knows
    std::size_t samples = 0;               ///< the axis that counts them, where one does
    std::optional<std::size_t> joined{};   ///< an axis that is one with the next in ONNX
    /// Of a state that a stream keeps: the numbers of its numbers (onnx_states.hpp).
    std::shared_ptr<const onnx_constant> state{};
    bool is_state_alone = false; ///< and no node gives it
    std::int64_t type = 1;       ///< of its numbers in ONNX, which are reals here
    bool is_rounded = false;     ///< of an input's reals as whole numbers
};

/// The graph that becomes of an ONNX model, and what its operators need to add to it.
class onnx_builder {
public:
    onnx_builder(model_graph& graph, std::int64_t opset)
        : graph_(graph), opset_(opset), tensors_(graph.file) {}

    [[nodiscard]] std::int64_t opset() const noexcept { return opset_; }
    [[nodiscard]] const std::string& problems() const noexcept { return problems_; }
    [[nodiscard]] std::size_t problem_count() const noexcept { return problem_count_; }
    std::int64_t batch = 1; ///< a number that stands for the samples where shapes are computed
    /// The first axis that a sample has: 1 behind that of the samples, 0 where no axis counts samples, as in
    /// a model of one.
    std::size_t first_axis = 1;
    std::map<std::string, onnx_value> values;
    std::map<std::string, std::size_t> uses; ///< how often a value is read
    onnx_states states;

    /// Does something that may add problems. False where it did, and they are forgotten.
    template <class Action>
    bool attempt(const Action& action) {
        const std::size_t count = problem_count_;
        const std::size_t size = problems_.size();
        action();
        const bool is_well = problem_count_ == count;
        problem_count_ = count;
        problems_.resize(size);
        return is_well;
    }

    /// Whether one operator alone reads what a node gives, which is no output. A value that is the same as
    /// another one has read that.
    [[nodiscard]] bool is_read_once(std::size_t number) {
        std::size_t names = 0;
        std::size_t count = 0;
        for (const auto& [name, value] : values)
            if (!value.constant && value.is_known && value.node == number) {
                ++names;
                count += uses[name];
            }
        return names > 0 && count == names;
    }

    [[nodiscard]] graph_node& node(std::size_t number) { return graph_.nodes[number]; }

    [[noreturn]] void fail(const onnx_node& operation, std::string_view expected,
                           std::string_view found) const {
        internal::raise(
            data_error::in_file(graph_.file,
                                internal::concatenate("node ", internal::shown(name_of(operation)), " (",
                                                      operation.type, "): ", expected),
                                found));
    }
    void add_problem(const onnx_node& operation, std::string_view hint) {
        ++problem_count_;
        internal::append(problems_, "\n  ", name_of(operation), ": ", operation.type,
                         operation.domain.empty() ? "" : " of domain ", operation.domain);
        std::string attributes;
        for (const auto& [key, value] : operation.attributes)
            internal::append(attributes, attributes.empty() ? " (" : ", ", key, " ",
                             text_of_attribute(value));
        internal::append(problems_, attributes, attributes.empty() ? "" : ")", hint.empty() ? "" : "; ",
                         hint);
        for (const std::string& output : operation.outputs)
            values[output].is_known = false;
    }
    static std::string name_of(const onnx_node& operation) {
        return !operation.name.empty()     ? operation.name
               : operation.outputs.empty() ? operation.type
                                           : operation.outputs.front();
    }

    /// An input of a node. The file's error where there is none.
    [[nodiscard]] const onnx_value& input(const onnx_node& operation, std::size_t index) const {
        if (!has_input(operation, index))
            fail(operation, internal::concatenate("an input ", index), "none");
        const auto found = values.find(operation.inputs[index]);
        if (found == values.end())
            fail(operation, internal::concatenate("an input ", internal::shown(operation.inputs[index])),
                 "what no node before gives");
        return found->second;
    }
    [[nodiscard]] static bool has_input(const onnx_node& operation, std::size_t index) {
        return index < operation.inputs.size() && !operation.inputs[index].empty();
    }
    /// An input that must be a constant; null where it is none, which is a problem of the node.
    [[nodiscard]] const onnx_constant* constant(const onnx_node& operation, std::size_t index) {
        const onnx_value& value = input(operation, index);
        if (!value.constant)
            add_problem(operation, internal::concatenate("its input ", index, " is no constant"));
        return value.constant ? &*value.constant : nullptr;
    }

    /// Adds a node behind others. Nothing, and a problem, where it does not fit.
    std::optional<std::size_t> add(const onnx_node& operation, graph_node made,
                                   const std::vector<std::size_t>& sources) {
        std::vector<const extents*> shapes;
        for (const std::size_t source : sources)
            shapes.push_back(&graph_.nodes[source].shape);
        made.sources = sources;
        if (made.name.empty())
            made.name = name_of(operation);
        const auto shape = shape_of(made, shapes);
        if (!shape || !size_of(*shape) || *size_of(*shape) == 0) {
            add_problem(operation, "it does not fit behind " + extents_text_of(*shapes.front()));
            return std::nullopt;
        }
        made.shape = *shape;
        if (made.kind == "reshape") {
            std::size_t& source = made.sources.front();
            if (graph_.nodes[source].kind == "reshape") // what the first makes of it does not matter
                source = graph_.nodes[source].sources.front();
            if (graph_.nodes[source].shape == *shape)
                return source;
        }
        graph_.nodes.push_back(std::move(made));
        return graph_.nodes.size() - 1;
    }
    void set(const onnx_node& operation, onnx_value value, std::size_t output = 0) {
        if (output < operation.outputs.size())
            values[operation.outputs[output]] = std::move(value);
    }
    void set_constant(const onnx_node& operation, onnx_constant constant, std::size_t output = 0) {
        onnx_value value;
        value.shape = constant.shape;
        value.type = constant.is_whole ? 7 : 1;
        value.constant = std::move(constant);
        set(operation, std::move(value), output);
    }
    [[nodiscard]] onnx_constant read_tensor(const onnx_tensor_message& message) const {
        return tensors_.read(message);
    }

    /// A row whose elements are in ONNX's order: where they are in that of an image, the image is turned.
    std::optional<onnx_value> straighten(const onnx_node& operation, onnx_value value) {
        if (value.places.empty())
            return value;
        graph_node image{"reshape", ""};
        image.attributes["target"] = std::vector<double>(value.image_shape.begin(), value.image_shape.end());
        const auto shaped = add(operation, std::move(image), {value.node});
        std::vector<std::size_t> sorted = value.image_axes;
        std::sort(sorted.begin(), sorted.end());
        graph_node permute{"permute", ""};
        permute.attributes["order"] = places_of(sorted, value.image_axes);
        const auto turned = shaped ? add(operation, std::move(permute), {*shaped}) : shaped;
        const auto row = turned ? add(operation, graph_node{"flatten", ""}, {*turned}) : turned;
        if (!row)
            return std::nullopt;
        value.node = *row;
        value.places.clear();
        return value;
    }

    /// The value with its axes in an order: a reshape for extents of 1, and a permutation where it must be.
    std::optional<onnx_value> arrange(const onnx_node& operation, onnx_value value,
                                      const std::vector<std::size_t>& axes) {
        const auto straight = straighten(operation, std::move(value));
        if (!straight)
            return std::nullopt;
        value = *straight;
        if (value.axes == axes)
            return value;
        const auto extent = [&](std::size_t axis) { return static_cast<std::size_t>(value.shape[axis]); };
        const auto is_wide = [&](std::size_t axis) { return extent(axis) != 1; };
        std::vector<std::size_t> present;
        std::vector<std::size_t> wanted;
        std::copy_if(value.axes.begin(), value.axes.end(), std::back_inserter(present), is_wide);
        std::copy_if(axes.begin(), axes.end(), std::back_inserter(wanted), is_wide);
        const auto add_target = [&](const std::vector<std::size_t>& order) {
            std::vector<double> target;
            for (const std::size_t axis : order)
                target.push_back(static_cast<double>(extent(axis)));
            return target.empty() || node(value.node).shape == extents(target.begin(), target.end())
                       ? std::optional(value.node)
                       : add(operation, {"reshape", "", {{"target", target}}}, {value.node});
        };
        if (!std::is_permutation(present.begin(), present.end(), wanted.begin(), wanted.end())) {
            add_problem(operation, "samples in a model of one, or an axis too many");
            return std::nullopt;
        }
        if (present != wanted) {
            const bool has_all =
                std::is_permutation(axes.begin(), axes.end(), value.axes.begin(), value.axes.end());
            const auto narrow = has_all ? std::optional(value.node) : add_target(present);
            graph_node permute{"permute", ""};
            permute.attributes["order"] = has_all ? places_of(axes, value.axes) : places_of(wanted, present);
            const auto turned = narrow ? add(operation, permute, {*narrow}) : narrow;
            if (!turned)
                return std::nullopt;
            value.node = *turned;
        }
        const auto done = add_target(axes);
        if (!done)
            return std::nullopt;
        value.node = *done;
        value.axes = axes;
        return value;
    }

    /// Axes of an image as strata has them, channels last.
    static std::vector<std::size_t> image_axes(std::size_t rank) {
        std::vector<std::size_t> result;
        for (std::size_t axis = 2; axis < rank; ++axis)
            result.push_back(axis);
        if (rank > 1)
            result.push_back(1);
        return result;
    }
    /// Axes in ONNX's own order, without that of the samples, and without a first one of the extent 1.
    [[nodiscard]] std::vector<std::size_t> plain_axes(const std::vector<std::int64_t>& shape) const {
        std::vector<std::size_t> result;
        for (std::size_t axis = first_axis; axis < shape.size(); ++axis)
            if (axis > 0 || shape.front() != 1)
                result.push_back(axis);
        return result;
    }

private:
    /// Where each axis of a list is in another one, counted from 1.
    static std::vector<double> places_of(const std::vector<std::size_t>& axes,
                                         const std::vector<std::size_t>& list) {
        std::vector<double> result;
        for (const std::size_t axis : axes)
            result.push_back(
                static_cast<double>(std::find(list.begin(), list.end(), axis) - list.begin() + 1));
        return result;
    }
    static std::string extents_text_of(const extents& shape) {
        std::string result;
        for (const std::size_t each : shape)
            internal::append(result, result.empty() ? "" : " x ", each);
        return result.empty() ? "a number" : result;
    }
    static std::string text_of_attribute(const onnx_attribute& value) {
        std::string result = value.text.substr(0, 40);
        for (const std::int64_t each : value.wholes)
            (result += result.empty() ? "" : " ") += std::to_string(each);
        if (result.size() > 80)
            result = result.substr(0, 80) + "...";
        if (!result.empty() || value.has_tensor || value.has_graph || !value.reals.empty())
            return result.empty() ? "..." : result;
        return value.real != 0 ? std::to_string(value.real) : std::to_string(value.whole);
    }

    model_graph& graph_;
    std::int64_t opset_;
    onnx_tensor_reader tensors_;
    std::string problems_;
    std::size_t problem_count_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
