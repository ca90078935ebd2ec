// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/io/import/node_choice.hpp>
#include <strata/io/import/sample_count.hpp>
#include <strata/io/import/tensorflow_builder.hpp>
#include <strata/io/import/tensorflow_node.hpp>
#include <strata/io/import/tensorflow_operations.hpp>
#include <strata/io/import/tfjs_weights.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Reads a graph model of TensorFlow.js, a frozen graph of TensorFlow, into a graph of ours. Channels are
/// last in both.
class tensorflow_graph {
public:
    tensorflow_graph(std::filesystem::path path, const json& document)
        : path_(std::move(path)), document_(document) {
        const json* const nodes = member(member(document, "modelTopology"), "node");
        if (nodes == nullptr || !nodes->is_array() || nodes->empty())
            fail("\"modelTopology\" with the operations of a graph", json_excerpt(nodes));
        for (const json& each : *nodes) {
            nodes_.push_back(read_tensorflow_node(each));
            if (!places_.emplace(nodes_.back().name, nodes_.size() - 1).second)
                fail("operations of different names", "two that are " + internal::shown(nodes_.back().name));
        }
    }

    /// `inputs` are shapes with the batch, in the order of the file's inputs; empty for those of the file.
    /// `outputs` names the tensors at which the network ends, "head/BiasAdd" or, where that is enough, the
    /// end of such a name; none for those of the file: what its signature names, in the order of the names
    /// there, and what no operation reads in a file without one. Operations that the outputs do not need are
    /// left out.
    [[nodiscard]] model_graph read(const std::vector<extents>& inputs,
                                   const std::vector<std::string>& outputs) const {
        model_graph result{path_.string(), "TensorFlow.js, a graph model"};
        const std::vector<std::string> wanted = output_names(outputs);
        const std::vector<std::size_t> order = needed_order(wanted);
        tensorflow_builder graph(result);
        for (const std::string& tensor : wanted)
            ++graph.uses[tensor];
        for (const std::size_t place : order)
            for (const std::string& tensor : nodes_[place].inputs)
                ++graph.uses[tensor];
        add_inputs(graph, result, order, inputs);
        add_constants(graph, order);
        for (const std::size_t place : order)
            if (const tensorflow_node& each = nodes_[place];
                each.operation != "Placeholder" && each.operation != "Const") {
                if (graph.reads_unknown(each))
                    graph.set_unknown(each);
                else
                    read_operation(graph, each);
            }
        if (graph.problem_count() > 0)
            fail("operations that strata can express",
                 internal::concatenate(graph.problem_count(), " that it cannot:", graph.problems(),
                                       "\n  A network that ends before them is read with --output NAMES."));
        for (const std::string& tensor : wanted)
            add_output(graph, result, tensor);
        refuse_counted_extents(result);
        drop_unread_nodes(result);
        return result;
    }

private:
    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        internal::raise(data_error::in_file(path_, expected, found));
    }

    [[nodiscard]] const tensorflow_node* find(const std::string& tensor) const {
        const auto found = places_.find(tensorflow_name(tensor).operation);
        return found == places_.end() ? nullptr : &nodes_[found->second];
    }

    /// What the file's signature calls its outputs, each with the name of a tensor; null without one.
    [[nodiscard]] const json* signed_outputs() const {
        const json* const result = member(member(document_, "signature"), "outputs");
        return result != nullptr && result->is_object() ? result : nullptr;
    }

    /// A tensor by its name, that in the signature, or the end of its name behind a slash.
    [[nodiscard]] std::string tensor_named(std::string name) const {
        if (find(name) == nullptr)
            name = text_of(member(member(signed_outputs(), name.c_str()), "name"), name);
        if (name.ends_with(":0"))
            name.resize(name.size() - 2);
        if (find(name) != nullptr)
            return name;
        const tensorflow_name parts(name);
        std::vector<std::string> names;
        for (const tensorflow_node& each : nodes_)
            names.push_back(each.name);
        return names[find_name(names, parts.operation, path_.string(), "an operation")] +
               name.substr(parts.operation.size());
    }

    [[nodiscard]] std::vector<std::string> output_names(const std::vector<std::string>& given) const {
        std::vector<std::string> result;
        for (const std::string& each : given)
            result.push_back(tensor_named(each));
        if (const json* const named = signed_outputs(); result.empty() && named != nullptr)
            for (const auto& [key, tensor] : named->items())
                result.push_back(tensor_named(text_of(member(tensor, "name"), key)));
        if (!result.empty())
            return result;
        std::map<std::string, bool, std::less<>> is_read;
        for (const tensorflow_node& each : nodes_)
            for (const std::string& tensor : each.inputs)
                is_read[tensorflow_name(tensor).operation] = true;
        for (const tensorflow_node& each : nodes_)
            if (is_read.find(each.name) == is_read.end() && each.operation != "Const" &&
                each.operation != "NoOp" && each.operation != "Placeholder")
                result.push_back(each.name);
        if (result.empty())
            fail("a network with outputs", "none");
        return result;
    }

    /// The operations that some tensors need, each behind those that it reads.
    [[nodiscard]] std::vector<std::size_t> needed_order(const std::vector<std::string>& wanted) const {
        enum class state : unsigned char { unseen, open, done };
        std::vector<state> states(nodes_.size(), state::unseen);
        std::vector<std::size_t> result;
        struct step {
            std::size_t node;
            std::size_t next; // the input that is looked at next
        };
        std::vector<step> way;
        const auto enter = [&](const std::string& tensor, std::string_view reader) {
            const auto found = places_.find(tensorflow_name(tensor).operation);
            if (found == places_.end())
                fail(internal::concatenate("an operation ", internal::shown(tensor), ", which ",
                                           internal::shown(reader), " reads"),
                     "none of this name");
            if (states[found->second] == state::open)
                fail("operations that do not read their own results",
                     "a cycle through " + internal::shown(nodes_[found->second].name));
            if (states[found->second] == state::unseen) {
                states[found->second] = state::open;
                way.push_back({found->second, 0});
            }
        };
        for (const std::string& tensor : wanted) {
            enter(tensor, "the output");
            while (!way.empty()) {
                step& last = way.back();
                const tensorflow_node& node = nodes_[last.node];
                if (last.next < node.inputs.size()) {
                    const std::string& input = node.inputs[last.next++];
                    enter(input, node.name);
                    continue;
                }
                states[last.node] = state::done;
                result.push_back(last.node);
                way.pop_back();
            }
        }
        return result;
    }

    void add_inputs(tensorflow_builder& graph, model_graph& result, const std::vector<std::size_t>& order,
                    const std::vector<extents>& given) const {
        std::vector<std::size_t> open;
        std::copy_if(order.begin(), order.end(), std::back_inserter(open),
                     [&](std::size_t place) { return nodes_[place].operation == "Placeholder"; });
        std::sort(open.begin(), open.end());
        if (open.empty())
            fail("a network with inputs", "none");
        if (!given.empty() && given.size() != open.size())
            fail(internal::concatenate("shapes of ", open.size(), " inputs"),
                 internal::concatenate(given.size()));
        for (std::size_t number = 0; number < open.size(); ++number)
            add_input(graph, result, nodes_[open[number]], given.empty() ? extents{} : given[number],
                      number == 0);
    }

    void add_input(tensorflow_builder& graph, model_graph& result, const tensorflow_node& placeholder,
                   const extents& given, bool is_first) const {
        tensorflow_value value;
        value.shape = placeholder.wholes("shape");
        if (!given.empty())
            value.shape.assign(given.begin(), given.end());
        if (value.shape.empty())
            fail(internal::concatenate("the extents of input ", internal::shown(placeholder.name),
                                       ", with the samples', which the file leaves open"),
                 "none: say them as --input does");
        const std::int64_t batch = value.shape.front() > 0 ? value.shape.front() : any_samples;
        if (is_first)
            graph.batch = batch;
        if (batch != graph.batch)
            fail(internal::concatenate("as many samples of input ", internal::shown(placeholder.name),
                                       " as of the first one"),
                 std::to_string(value.shape.front()));
        value.shape.front() = batch;
        graph_node node{"input", placeholder.name};
        for (std::size_t axis = 1; axis < value.rank(); ++axis) {
            if (value.shape[axis] <= 0 || value.shape[axis] >= std::int64_t{1} << 31)
                fail(internal::concatenate("the extents of input ", internal::shown(placeholder.name),
                                           ", of which the file leaves axis ", axis, " open"),
                     "none: say them as --input does");
            node.shape.push_back(static_cast<std::size_t>(value.shape[axis]));
        }
        if (node.shape.empty())
            node.shape = {1};
        if (!size_of(node.shape))
            fail(internal::concatenate("an input ", internal::shown(placeholder.name),
                                       " that memory can hold"),
                 "a larger one");
        value.node = result.nodes.size();
        result.inputs.push_back(value.node);
        result.nodes.push_back(std::move(node));
        graph.set(placeholder, std::move(value));
    }

    /// Constants are weights: the file has their numbers apart.
    void add_constants(tensorflow_builder& graph, const std::vector<std::size_t>& order) const {
        std::map<std::string, bool, std::less<>> is_needed;
        for (const std::size_t place : order)
            if (nodes_[place].operation == "Const")
                is_needed[nodes_[place].name] = true;
        tfjs_weight_files(path_).read(
            member(document_, "weightsManifest"),
            [&](const tfjs_weight& weight, const char* bytes, std::size_t count) {
                if (const auto found = is_needed.find(weight.name); found != is_needed.end()) {
                    graph.set(nodes_[places_.at(weight.name)],
                              tensorflow_constant{tfjs_numbers(weight, bytes, count), weight.is_whole});
                    found->second = false;
                }
            });
        for (const auto& [name, is_missing] : is_needed)
            if (is_missing)
                fail("the weights of constant " + internal::shown(name), "none of this name");
    }

    void add_output(tensorflow_builder& graph, model_graph& result, const std::string& tensor) const {
        const tensorflow_value* const value = graph.find(tensor);
        if (value == nullptr || value->constant || value->blocks)
            fail("an output " + internal::shown(tensor) + " that the network gives",
                 value == nullptr  ? "no such result"
                 : value->constant ? "a constant"
                                   : "the middle of a convolution");
        // The name that the file gives to an output says more than that of what an identity hands on.
        graph_node& node = graph.node(value->node);
        if (node.kind != "input" &&
            std::find(result.outputs.begin(), result.outputs.end(), value->node) == result.outputs.end())
            node.name = tensor;
        result.outputs.push_back(value->node);
    }

    std::filesystem::path path_;
    const json& document_;
    std::vector<tensorflow_node> nodes_;
    std::map<std::string, std::size_t, std::less<>> places_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
