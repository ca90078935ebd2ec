// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/plain_file.hpp>
#include <strata/io/import/complete_graph.hpp>
#include <strata/io/import/direction_pairs.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/kept_states.hpp>
#include <strata/io/import/node_choice.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_constant.hpp>
#include <strata/io/import/onnx_graph_message.hpp>
#include <strata/io/import/onnx_operators.hpp>
#include <strata/io/import/onnx_outputs.hpp>
#include <strata/io/import/onnx_scope.hpp>
#include <strata/io/import/sample_count.hpp>
#include <strata/io/import/scaled_dots.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Reads models of ONNX into a graph, channels last.
class onnx_file {
public:
    explicit onnx_file(std::filesystem::path path) : path_(std::move(path)) {}

    /// `inputs` are shapes with the batch, in ONNX's order; empty for those of the file. An input with a
    /// value in `given` is a constant, and no shape is said for it. The first axis counts samples, unless
    /// `is_unbatched` says that all that the model takes is one sample, or all first extents are 1. `outputs`
    /// names values at which the network ends, where those of the file are not meant.
    [[nodiscard]] model_graph read(const std::vector<extents>& inputs, const given_values& given = {},
                                   bool is_unbatched = false,
                                   const std::vector<std::string>& outputs = {}) const {
        const std::string bytes = plain_file(path_).read_rest();
        onnx_model model = parse_onnx(bytes, path_.string());
        choose_outputs(model, outputs, path_.string());
        const auto opset = model.opsets.find("");
        model_graph result{path_.string(), "ONNX from " + model.producer};
        onnx_builder graph(result, opset == model.opsets.end() ? 1 : opset->second);
        onnx_scope scope(path_, graph);
        scope.add_constants(model);
        add_given(graph, model, given);
        add_inputs(graph, result, model, inputs, is_unbatched, scope.all_nodes(model));
        scope.read(model, read_onnx_node);
        if (graph.problem_count() > 0)
            raise_problems(graph, result);
        add_outputs(graph, result, model);
        refuse_counted_extents(result);
        join_directions(result);
        scaled_dots(result).join();
        lengthen_steps(result);
        drop_unread_nodes(result);
        return result;
    }

private:
    /// The operators that nobody knows, and the layers of known ones that strata lacks, in one message.
    [[noreturn]] void raise_problems(const onnx_builder& graph, const model_graph& result) const {
        std::size_t count = graph.problem_count();
        std::string lines = graph.problems();
        for (const graph_node& node : result.nodes)
            if (!node.hint.empty() && node.kind != "head_scores") { // which may be part of an attention
                ++count;
                lines += problem_line(node, node.hint);
            }
        internal::raise(data_error::in_file(path_, "operators that strata can express",
                                            internal::concatenate(count, " that it cannot:", lines)));
    }

    /// Inputs that have a value before the network runs.
    void add_given(onnx_builder& graph, const onnx_model& model, const given_values& given) const {
        for (const auto& each : given) {
            const auto& name = each.first;
            const auto& numbers = each.second;
            const auto is_named = [&](const onnx_value_info& info) { return info.name == name; };
            const auto info = std::find_if(model.inputs.begin(), model.inputs.end(), is_named);
            if (info == model.inputs.end())
                internal::raise(data_error::in_file(
                    path_, internal::concatenate("an input ", internal::shown(name), " to give a value"),
                    "none of this name"));
            onnx_value value;
            value.shape.assign(numbers.shape.begin(), numbers.shape.end());
            value.constant = onnx_constant{value.shape,
                                           {numbers.numbers.begin(), numbers.numbers.end()},
                                           is_whole_onnx_type(info->type)};
            value.type = info->type;
            graph.values[name] = std::move(value);
        }
    }

    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        internal::raise(data_error::in_file(path_, expected, found));
    }

    void add_inputs(onnx_builder& graph, model_graph& result, const onnx_model& model,
                    const std::vector<extents>& given, bool is_unbatched,
                    const std::vector<onnx_node>& nodes) const {
        std::vector<onnx_value_info> open;
        for (const onnx_value_info& info : model.inputs)
            if (graph.values.find(info.name) != graph.values.end())
                continue; // a weight, which old files list too
            else if (onnx_states::is_state(nodes, info.name))
                add_state(graph, info);
            else
                open.push_back(info);
        bool has_one_sample = !open.empty();
        for (std::size_t i = 0; i < open.size(); ++i) {
            std::vector<std::int64_t>& shape = open[i].dims;
            if (!given.empty() && (i >= given.size() || given[i].size() != shape.size()))
                fail(internal::concatenate("a shape of ", shape.size(), " extents for input ",
                                           internal::shown(open[i].name)),
                     "another one");
            if (!given.empty())
                shape.assign(given[i].begin(), given[i].end());
            has_one_sample = has_one_sample && !shape.empty() && shape.front() == 1 &&
                             !onnx_states::counts_steps_first(nodes, open[i].name);
        }
        graph.first_axis = is_unbatched || has_one_sample ? 0 : 1;
        // What strata has written has its axes in strata's order.
        const bool keeps_axes = model.producer.starts_with("strata ") || knows_no_axes(nodes);
        for (const onnx_value_info& info : open)
            add_input(graph, result, info, nodes, keeps_axes);
    }

    void add_input(onnx_builder& graph, model_graph& result, const onnx_value_info& info,
                   const std::vector<onnx_node>& nodes, bool keeps_axes) const {
        const std::string& name = info.name;
        std::vector<std::int64_t> shape = info.dims;
        if (graph.first_axis > 0 && shape.empty())
            fail("an input with an axis of samples",
                 "input " + internal::shown(name) + ", a single number: give it a value as --given does");
        onnx_value value;
        value.type = info.type == 0 ? 1 : info.type; // which a file may leave open
        value.samples =
            graph.first_axis > 0 && shape.size() == 3 && onnx_states::counts_steps_first(nodes, name) ? 1 : 0;
        if (graph.first_axis > 0) {
            std::int64_t& samples = shape[value.samples];
            samples = graph.batch = samples > 0 ? samples : any_samples;
        }
        for (std::size_t axis = 0; axis < shape.size(); ++axis)
            if (shape[axis] <= 0 || shape[axis] > (std::int64_t{1} << 31))
                fail(internal::concatenate("the extents of input ", internal::shown(name),
                                           ", of which the file leaves axis ", axis, " open"),
                     "none: say them as --input does");
        const auto has_reader = [&](std::initializer_list<std::string_view> types) {
            return std::any_of(nodes.begin(), nodes.end(), [&](const onnx_node& each) {
                return std::find(each.inputs.begin(), each.inputs.end(), name) != each.inputs.end() &&
                       std::find(types.begin(), types.end(), each.type) != types.end();
            });
        };
        const bool has_steps = shape.size() > 4 && has_reader({"Reshape"}); // of images, perhaps
        const bool is_image = has_reader({"Conv", "MaxPool", "AveragePool", "ConvTranspose"}) ||
                              (shape.size() > 3 && !has_reader({"Transpose"}) && !has_steps && !keeps_axes);
        value.axes = is_image && (graph.first_axis > 0 || shape.front() == 1)
                         ? onnx_builder::image_axes(shape.size())
                         : graph.plain_axes(shape);
        if (value.samples > 0)
            value.axes = {0, 2};
        graph_node node{"input", name};
        for (const std::size_t axis : value.axes)
            node.shape.push_back(static_cast<std::size_t>(shape[axis]));
        if (node.shape.empty())
            node.shape = {1};
        value.shape = std::move(shape);
        value.node = result.nodes.size();
        result.inputs.push_back(value.node);
        result.input_axes.push_back(value.axes);
        result.nodes.push_back(std::move(node));
        graph.values[name] = std::move(value);
    }

    /// A value's axes behind those of the extent 1.
    static std::vector<std::size_t> all_axes(const onnx_value& value) {
        std::vector<std::size_t> result;
        for (std::size_t axis = 0; axis < value.shape.size(); ++axis)
            if (axis != value.samples &&
                std::find(value.axes.begin(), value.axes.end(), axis) == value.axes.end())
                result.push_back(axis);
        result.insert(result.end(), value.axes.begin(), value.axes.end());
        return result;
    }
    /// Whether nothing in a graph tells the axes of an input apart, which then stay as they are.
    static bool knows_no_axes(const std::vector<onnx_node>& nodes) {
        static constexpr std::string_view types[] = {
            "Clip",      "Elu",      "Exp",       "Flatten",  "HardSigmoid",
            "HardSwish", "Identity", "LeakyRelu", "Relu",     "Reshape",
            "Selu",      "Sigmoid",  "Softplus",  "Softsign", "ThresholdedRelu",
            "Tanh",      "Dropout",  "Constant"};
        return std::all_of(nodes.begin(), nodes.end(), [](const onnx_node& each) {
            return std::find(std::begin(types), std::end(types), each.type) != std::end(types);
        });
    }
    /// Whether a graph turns its inputs itself, and so has images with their channels last at its border.
    static bool turns_inputs(const model_graph& graph, const std::vector<onnx_node>& nodes) {
        const bool turns = std::any_of(nodes.begin(), nodes.end(), [&](const onnx_node& each) {
            return each.type == "Transpose" && !each.inputs.empty() &&
                   std::any_of(graph.inputs.begin(), graph.inputs.end(), [&](std::size_t input) {
                       return graph.nodes[input].name == each.inputs.front();
                   });
        });
        return turns && std::all_of(graph.input_axes.begin(), graph.input_axes.end(), [](const auto& axes) {
                   return std::is_sorted(axes.begin(), axes.end());
               });
    }

    void add_outputs(onnx_builder& graph, model_graph& result, const onnx_model& model) const {
        const bool is_turned = turns_inputs(result, model.nodes);
        for (const onnx_value_info& info : model.outputs) {
            const auto found = graph.values.find(info.name);
            if (found == graph.values.end() || found->second.constant)
                fail("an output " + internal::shown(info.name) + " that the network gives",
                     found == graph.values.end() ? "none" : "a constant");
            if (found->second.is_rounded)
                fail("an output of reals", "output " + internal::shown(info.name) + ", which a Cast rounds");
            if (found->second.state != nullptr && graph.states.take_back(*found->second.state))
                continue;
            if (found->second.is_state_alone)
                fail("a state as an output, each number at the place that it has in an input",
                     "output " + internal::shown(info.name));
            if (found->second.joined)
                fail("an output with an axis of samples",
                     "output " + internal::shown(info.name) +
                         ", whose samples are counted with another axis");
            const onnx_node place{{}, {info.name}, info.name, "output", "", {}};
            auto value = graph.straighten(place, found->second);
            if (value && is_turned && value->samples == 0)
                value = graph.arrange(place, *value, graph.plain_axes(value->shape));
            if (!value)
                fail("an output that is no flattened image", internal::shown(info.name));
            result.outputs.push_back(value->node);
            result.output_axes.push_back(value->samples == 0 ? value->axes : all_axes(*value));
        }
        if (result.outputs.empty())
            fail("a network with outputs", "none");
        if (const std::string problem = graph.states.problem(); !problem.empty())
            fail(problem, "none");
    }

    /// A state that a program hands on from call to call, of one sample.
    void add_state(onnx_builder& graph, const onnx_value_info& info) const {
        std::vector<std::int64_t> shape = info.dims;
        std::size_t size = 1;
        constexpr std::size_t most_numbers = 1U << 16;
        for (std::int64_t& extent : shape) {
            extent = std::max<std::int64_t>(extent, 1);
            if (static_cast<std::uint64_t>(extent) > most_numbers / size)
                fail("a state of fewer numbers", "input " + internal::shown(info.name));
            size *= static_cast<std::size_t>(extent);
        }
        onnx_value value;
        value.shape = shape;
        value.state = std::make_shared<const onnx_constant>(graph.states.give(info.name, shape, size));
        value.is_state_alone = true;
        graph.values[info.name] = std::move(value);
    }

    std::filesystem::path path_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
