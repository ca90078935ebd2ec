// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/extents.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/finite.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/number_text.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/io/import/tensorflow_node.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

using tensorflow_shape = std::vector<std::int64_t>;

/// A tensor that a graph knows before it runs.
struct tensorflow_constant {
    tensor data;
    bool is_whole = false;
    /// Which numbers depend on how many samples there are; empty for none (tensorflow_counts.hpp).
    std::vector<bool> counts{};
};

/// A constant's numbers as axes and extents, which none beyond 2^31 is.
inline tensorflow_shape as_wholes(const tensorflow_constant& constant) {
    tensorflow_shape result;
    for (const float number : constant.data.numbers)
        result.push_back(detail::is_not_a_number(number)
                             ? 0
                             : static_cast<std::int64_t>(std::clamp(double{number}, -0x1p31, 0x1p31)));
    return result;
}

/// What SpaceToBatchND makes of an image: its places, so many apart, as samples beside each other.
struct tensorflow_blocks {
    tensorflow_shape size, begin, end;
};

/// A tensor of a graph: a constant, or what a node of ours gives. A node's shape is that of the tensor
/// without the axis of the samples, which is the first one, or none where the file has one sample and took
/// the axis away. A tensor of a number a sample is a node of the shape [1].
struct tensorflow_value {
    std::optional<tensorflow_constant> constant{};
    std::size_t node = 0;
    tensorflow_shape shape{};
    bool is_batched = true;
    bool is_known = true; ///< not of what stands behind an operation that nobody knows
    std::optional<tensorflow_blocks> blocks{};

    [[nodiscard]] std::size_t rank() const noexcept { return shape.size(); }
};

/// The graph that becomes of a graph of TensorFlow, and what its operations need to add to it.
class tensorflow_builder {
public:
    explicit tensorflow_builder(model_graph& graph) : graph_(graph) {}

    [[nodiscard]] const std::string& problems() const noexcept { return problems_; }
    [[nodiscard]] std::size_t problem_count() const noexcept { return problem_count_; }
    std::int64_t batch = 1; ///< a number that stands for the samples where shapes are computed
    std::map<std::string, std::size_t> uses; ///< how many operations read a tensor

    [[nodiscard]] graph_node& node(std::size_t number) { return graph_.nodes[number]; }
    /// Whether several operations read a node, so that none may change it.
    [[nodiscard]] bool is_shared(std::size_t number) const { return shared_.contains(number); }
    [[nodiscard]] const extents& shape(const tensorflow_value& value) const {
        return graph_.nodes[value.node].shape;
    }

    [[noreturn]] void fail(const tensorflow_node& operation, std::string_view expected,
                           std::string_view found) const {
        internal::raise(data_error::in_file(graph_.file,
                                            internal::concatenate("node ", internal::shown(operation.name),
                                                                  " (", operation.operation, "): ", expected),
                                            found));
    }
    /// What strata cannot express; nothing behind it is known.
    void add_problem(const tensorflow_node& operation, std::string_view hint) {
        ++problem_count_;
        internal::append(problems_, "\n  ", operation.name, ": ", operation.operation);
        std::string attributes;
        for (const auto& [key, value] : operation.attributes)
            if (!key.starts_with("_"))
                internal::append(attributes, attributes.empty() ? " (" : ", ", key, " ",
                                 attribute_text(value));
        internal::append(problems_, attributes, attributes.empty() ? "" : ")", hint.empty() ? "" : "; ",
                         hint);
        set_unknown(operation);
    }
    void set_unknown(const tensorflow_node& operation) {
        tensorflow_value unknown;
        unknown.is_known = false;
        values_[operation.name] = std::move(unknown);
    }
    [[nodiscard]] bool reads_unknown(const tensorflow_node& operation) const {
        return std::any_of(operation.inputs.begin(), operation.inputs.end(), [&](const std::string& input) {
            const auto found = values_.find(tensorflow_name(input).operation);
            return found != values_.end() && !found->second.is_known;
        });
    }

    [[nodiscard]] const tensorflow_value* find(const std::string& tensor) const {
        const auto found = values_.find(tensor);
        return found == values_.end() ? nullptr : &found->second;
    }
    /// An input of an operation. The file's error where there is none.
    [[nodiscard]] const tensorflow_value& input(const tensorflow_node& operation, std::size_t index) const {
        if (index >= operation.inputs.size())
            fail(operation, internal::concatenate("an input ", index), "none");
        const tensorflow_value* const found = find(operation.inputs[index]);
        if (found == nullptr)
            fail(operation, internal::concatenate("an input ", internal::shown(operation.inputs[index])),
                 "what no operation gives");
        return *found;
    }
    /// An input that must be a constant; null where it is none, which is a problem of the operation.
    [[nodiscard]] const tensorflow_constant* constant(const tensorflow_node& operation, std::size_t index) {
        const tensorflow_value& value = input(operation, index);
        if (!value.constant)
            add_problem(operation, internal::concatenate("its input ", index, " is no constant"));
        return value.constant ? &*value.constant : nullptr;
    }
    /// A constant's numbers as whole ones, for axes and extents.
    [[nodiscard]] std::optional<tensorflow_shape> wholes(const tensorflow_node& operation,
                                                         std::size_t index) {
        const tensorflow_constant* const given = constant(operation, index);
        return given == nullptr ? std::nullopt : std::optional(as_wholes(*given));
    }

    /// Adds a node behind others. Nothing, and a problem, where it does not fit.
    std::optional<std::size_t> add(const tensorflow_node& operation, graph_node made,
                                   const std::vector<std::size_t>& sources) {
        std::vector<const extents*> shapes;
        for (const std::size_t source : sources)
            shapes.push_back(&graph_.nodes[source].shape);
        made.sources = sources;
        made.name = operation.name;
        const auto shape = shape_of(made, shapes);
        if (!shape || !size_of(*shape) || *size_of(*shape) == 0) {
            add_problem(operation, internal::concatenate("it does not fit behind ",
                                                         internal::extents_text(*shapes.front())));
            return std::nullopt;
        }
        made.shape = *shape;
        graph_.nodes.push_back(std::move(made));
        return graph_.nodes.size() - 1;
    }
    void set(const tensorflow_node& operation, tensorflow_value value, std::size_t port = 0) {
        const std::string tensor =
            port == 0 ? operation.name : internal::concatenate(operation.name, ":", port);
        const auto readers = uses.find(tensor);
        if (!value.constant && readers != uses.end() && readers->second > 1)
            shared_.insert(value.node);
        values_[tensor] = std::move(value);
    }
    void set(const tensorflow_node& operation, tensorflow_constant constant, std::size_t port = 0) {
        tensorflow_value value;
        value.shape.assign(constant.data.shape.begin(), constant.data.shape.end());
        value.is_batched = false;
        value.constant = std::move(constant);
        set(operation, std::move(value), port);
    }
    /// What a node gives that was put behind a value, with the axis of the samples where the value has it.
    void set_node(const tensorflow_node& operation, const tensorflow_value& origin, std::size_t number,
                  std::size_t port = 0) {
        tensorflow_value result;
        result.node = number;
        result.is_batched = origin.is_batched;
        const extents& shape = graph_.nodes[number].shape;
        if (origin.is_batched)
            result.shape.push_back(origin.shape.front());
        result.shape.insert(result.shape.end(), shape.begin(), shape.end());
        set(operation, std::move(result), port);
    }
    /// Puts a node behind a value which leaves its shape as it is.
    void apply(const tensorflow_node& operation, const tensorflow_value& value, graph_node made) {
        if (value.constant)
            return add_problem(operation, "its input is a constant");
        if (const auto number = add(operation, std::move(made), {value.node})) {
            tensorflow_value result = value;
            result.node = *number;
            set(operation, std::move(result));
        }
    }
    /// The same numbers in another shape, with a reshape where the node's is another one.
    void set_shape(const tensorflow_node& operation, const tensorflow_value& value, tensorflow_shape shape,
                   bool is_batched, std::size_t port = 0) {
        std::vector<double> target(shape.begin() + (is_batched ? 1 : 0), shape.end());
        if (target.empty())
            target.push_back(1);
        tensorflow_value result = value;
        if (node(value.node).kind == "reshape" && !is_shared(value.node)) // two of them are one
            result.node = node(value.node).sources.front();
        if (extents(target.begin(), target.end()) != graph_.nodes[result.node].shape) {
            graph_node made{"reshape", ""};
            made.attributes["target"] = std::move(target);
            const auto number = add(operation, std::move(made), {result.node});
            if (!number)
                return;
            result.node = *number;
        }
        result.shape = std::move(shape);
        result.is_batched = is_batched;
        set(operation, std::move(result), port);
    }

    /// The number of an axis of a value, counted from the last one where it is below 0. The file's error
    /// where there is none.
    [[nodiscard]] std::size_t axis(const tensorflow_node& operation, std::size_t rank,
                                   std::int64_t given) const {
        const std::int64_t counted = given + (given < 0 ? static_cast<std::int64_t>(rank) : 0);
        if (counted < 0 || counted >= static_cast<std::int64_t>(rank))
            fail(operation, internal::concatenate("an axis of ", rank), std::to_string(given));
        return static_cast<std::size_t>(counted);
    }
    /// The axis of a node that an axis of its tensor is; nothing, and a problem, for that of the samples.
    [[nodiscard]] std::optional<std::size_t> node_axis(const tensorflow_node& operation,
                                                       const tensorflow_value& value, std::int64_t given) {
        const std::size_t counted = axis(operation, value.rank(), given);
        if (value.is_batched && counted == 0) {
            add_problem(operation, "along the axis of the samples");
            return std::nullopt;
        }
        return counted - (value.is_batched ? 1 : 0);
    }

private:
    model_graph& graph_;
    std::map<std::string, tensorflow_value> values_;
    std::set<std::size_t> shared_;
    std::string problems_;
    std::size_t problem_count_ = 0;
};

/// Whether all numbers of a constant are one, as for a network to compute with it.
inline bool is_single(const tensorflow_constant& constant) {
    const std::vector<float>& numbers = constant.data.numbers;
    return !numbers.empty() &&
           std::all_of(numbers.begin(), numbers.end(), [&](float each) { return each == numbers.front(); });
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
