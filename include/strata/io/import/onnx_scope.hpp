// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant.hpp>
#include <strata/io/import/onnx_counts.hpp>
#include <strata/io/import/onnx_graph_message.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Reads the nodes of a graph, and of the branches that its `If`s choose, which see the values around them.
class onnx_scope {
public:
    onnx_scope(std::filesystem::path path, onnx_builder& graph)
        : path_(std::move(path)), tensors_(path_), graph_(graph) {}

    /// All nodes as they lead from value to value, those of branches as well, whether they are chosen or not.
    [[nodiscard]] std::vector<onnx_node> all_nodes(const onnx_model& model) const {
        std::vector<onnx_node> result;
        add_nodes(model, result, 0);
        return result;
    }

    /// `read_node(graph, node)` knows the operators that compute something.
    template <class ReadNode>
    void read(const onnx_model& model, const ReadNode& read_node) {
        for (const onnx_node& each : all_nodes(model))
            for (const std::string& input : each.inputs)
                ++graph_.uses[input];
        for (const onnx_value_info& output : model.outputs)
            ++graph_.uses[output.name];
        check_names(model);
        read_nodes(model, read_node, 0);
    }

    void add_constants(const onnx_model& model) {
        for (const onnx_tensor_message& each : model.initializers)
            add_constant(each.name, each);
    }

private:
    static constexpr std::size_t deepest = 64;

    /// The file's error where a graph has two values of one name, of which a reader would get either.
    void check_names(const onnx_model& model) const {
        std::set<std::string_view> weights;
        std::set<std::string_view> inputs;
        std::set<std::string_view> results;
        const auto expect = [&](bool is_alone, std::string_view what, const std::string& name) {
            if (!is_alone)
                internal::raise(data_error::in_file(path_, "values of different names",
                                                    internal::concatenate(what, internal::shown(name))));
        };
        for (const onnx_tensor_message& each : model.initializers)
            expect(weights.insert(each.name).second, "two weights that are ", each.name);
        for (const onnx_value_info& each : model.inputs)
            expect(inputs.insert(each.name).second, "two inputs that are ", each.name);
        for (const onnx_node& each : model.nodes)
            for (const std::string& output : each.outputs)
                if (!output.empty()) {
                    expect(results.insert(output).second, "two nodes that give ", output);
                    expect(!weights.contains(output) && !inputs.contains(output),
                           "a node that gives what is a weight or an input, ", output);
                }
    }

    void add_constant(const std::string& name, const onnx_tensor_message& message) {
        onnx_value value;
        value.constant = tensors_.read(message);
        value.shape = value.constant->shape;
        value.type = message.type;
        graph_.values[name] = std::move(value);
    }

    void add_nodes(const onnx_model& model, std::vector<onnx_node>& result, std::size_t depth) const {
        if (depth == deepest)
            internal::raise(data_error::in_file(
                path_, internal::concatenate("graphs within each other, at most ", deepest), "more"));
        for (const onnx_node& each : model.nodes) {
            result.push_back({each.inputs, each.outputs, each.name, each.type, each.domain, {}});
            for (const auto& [key, value] : each.attributes)
                if (value.has_graph) {
                    const onnx_model branch = parse_onnx_branch(value.graph, path_.string());
                    add_nodes(branch, result, depth + 1);
                    for (std::size_t i = 0; i < std::min(branch.outputs.size(), each.outputs.size()); ++i)
                        result.push_back(
                            {{branch.outputs[i].name}, {each.outputs[i]}, "", "Identity", "", {}});
                } else if (key == "layout")
                    result.back().attributes.emplace(key, value);
        }
    }

    template <class ReadNode>
    void read_nodes(const onnx_model& model, const ReadNode& read_node, std::size_t depth) {
        for (const onnx_node& each : model.nodes) {
            if (each.outputs.empty()) // of which nothing can be read
                continue;
            if (each.type == "If")
                read_branch(each, read_node, depth);
            else if (each.type == "Constant")
                read_constant(each);
            else
                read_node(graph_, each);
        }
    }

    /// A tensor, a number or a list of numbers.
    void read_constant(const onnx_node& operation) {
        const auto given = [&](const char* key) {
            const auto found = operation.attributes.find(key);
            return found == operation.attributes.end() ? nullptr : &found->second;
        };
        const auto list = [](const auto& numbers, bool is_whole) {
            return onnx_constant{
                {static_cast<std::int64_t>(numbers.size())}, {numbers.begin(), numbers.end()}, is_whole};
        };
        if (const onnx_attribute* const value = given("value"); value != nullptr && value->has_tensor)
            add_constant(operation.outputs.front(), value->tensor);
        else if (const onnx_attribute* const real = given("value_float"))
            graph_.set_constant(operation, {{}, {real->real}, false});
        else if (const onnx_attribute* const whole = given("value_int"))
            graph_.set_constant(operation, {{}, {static_cast<double>(whole->whole)}, true});
        else if (const onnx_attribute* const reals = given("value_floats"))
            graph_.set_constant(operation, list(reals->reals, false));
        else if (const onnx_attribute* const wholes = given("value_ints"))
            graph_.set_constant(operation, list(wholes->wholes, true));
        else
            graph_.add_problem(operation, "a constant that is no tensor of numbers");
    }

    /// The branch that a condition chooses which is known before the network runs.
    template <class ReadNode>
    void read_branch(const onnx_node& choice, const ReadNode& read_node, std::size_t depth) {
        const onnx_value& condition = graph_.input(choice, 0);
        if (!condition.is_known) {
            for (const std::string& output : choice.outputs)
                graph_.values[output].is_known = false;
            return;
        }
        if (!condition.constant || condition.constant->numbers.size() != 1)
            return graph_.add_problem(choice, "its condition is known when the network runs, and not before; "
                                              "where it is of an input, give that a value as --given does");
        if (has_counts(*condition.constant))
            return graph_.add_problem(choice, internal::concatenate("its condition ", count_hint));
        const bool is_true = condition.constant->numbers.front() != 0;
        const auto branch = choice.attributes.find(is_true ? "then_branch" : "else_branch");
        if (branch == choice.attributes.end() || !branch->second.has_graph)
            graph_.fail(choice, "a graph for each truth of its condition", "none");
        const onnx_model model = parse_onnx_branch(branch->second.graph, path_.string());
        if (model.outputs.size() < choice.outputs.size())
            graph_.fail(choice, internal::concatenate(choice.outputs.size(), " results of its branch"),
                        internal::concatenate(model.outputs.size()));
        check_names(model);
        add_constants(model);
        read_nodes(model, read_node, depth + 1);
        for (std::size_t i = 0; i < choice.outputs.size(); ++i) {
            const auto result = graph_.values.find(model.outputs[i].name);
            if (result == graph_.values.end())
                graph_.fail(choice,
                            internal::concatenate("a result ", internal::shown(model.outputs[i].name),
                                                  " of its branch"),
                            "none");
            graph_.values[choice.outputs[i]] = onnx_value(result->second);
        }
    }

    std::filesystem::path path_;
    onnx_tensor_reader tensors_;
    onnx_builder& graph_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
