// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/plain_file.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/onnx_builder.hpp>
#include <strata/io/import/onnx_combinations.hpp>
#include <strata/io/import/onnx_constant.hpp>
#include <strata/io/import/onnx_elements.hpp>
#include <strata/io/import/onnx_folding.hpp>
#include <strata/io/import/onnx_graph_message.hpp>
#include <strata/io/import/onnx_images.hpp>
#include <strata/io/import/onnx_resizing.hpp>
#include <strata/io/import/onnx_rows.hpp>
#include <strata/io/import/onnx_scope.hpp>
#include <strata/io/import/onnx_shapes.hpp>
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

/// ReduceMean over all places of an image, or over its last axes where they are that.
inline void read_mean(onnx_builder& graph, const onnx_node& operation) {
    const std::vector<std::int64_t> shape = shape_of_input(graph.input(operation, 0));
    const auto axes = axes_of(graph, operation, 1, static_cast<std::int64_t>(shape.size()));
    if (!axes)
        return;
    std::vector<std::int64_t> places(shape.size() > 2 ? shape.size() - 2 : 0);
    for (std::size_t i = 0; i < places.size(); ++i)
        places[i] = static_cast<std::int64_t>(i) + 2;
    if (places.empty() || *axes != places)
        return graph.add_problem(operation, "over other axes than all places of an image");
    pool_globally(graph, operation, operation.type == "ReduceMax" ? "global_max_pool" : "global_average_pool",
                  whole_of(operation, "keepdims", 1) != 0);
}

/// Of operators that are known where all that they read is constant.
inline void read_unfolded(onnx_builder& graph, const onnx_node& operation) {
    graph.add_problem(operation, "of what is known when the network runs, and not before");
}

inline void pass_on(onnx_builder& graph, const onnx_node& operation) {
    graph.set(operation, graph.input(operation, 0));
}

inline void read_slopes(onnx_builder& graph, const onnx_node& operation) {
    const onnx_constant* const slopes = graph.constant(operation, 1);
    if (slopes == nullptr)
        return;
    const onnx_value& value = graph.input(operation, 0);
    graph_node made{"prelu", ""};
    if (slopes->numbers.size() == 1) {
        made.kind = "leaky_relu";
        made.attributes["slope"] = slopes->numbers.front();
    } else if (const auto numbers = channel_numbers(graph, value, *slopes))
        made.weights.emplace_back("alpha", tensor{{numbers->size()}, *numbers});
    else
        return graph.add_problem(operation, "slopes of another shape than a number a channel");
    apply(graph, operation, value, std::move(made));
}

/// What is known of ONNX's operators.
inline void read_onnx_node(onnx_builder& graph, const onnx_node& operation) {
    using reader = void (*)(onnx_builder&, const onnx_node&);
    static const std::map<std::string, reader, std::less<>> readers = {
        {"Conv", read_convolution},
        {"ConvTranspose", read_convolution},
        {"MaxPool", read_pooling},
        {"AveragePool", read_pooling},
        {"Pad", read_padding},
        {"Gemm", read_product},
        {"MatMul", read_product},
        {"BatchNormalization", read_batch_norm},
        {"LayerNormalization", read_layer_norm},
        {"Softmax", read_softmax},
        {"LogSoftmax", read_softmax},
        {"Reshape", read_reshape},
        {"Flatten", read_flatten},
        {"Squeeze", read_squeeze},
        {"Unsqueeze", read_unsqueeze},
        {"Transpose", read_transpose},
        {"Clip", read_clip},
        {"Add", read_combination},
        {"Sub", read_combination},
        {"Mul", read_combination},
        {"Div", read_combination},
        {"Sum", read_combination},
        {"Max", read_combination},
        {"Min", read_combination},
        {"Mean", read_combination},
        {"Concat", read_concat},
        {"ReduceMean", read_mean},
        {"ReduceMax", read_mean},
        {"PRelu", read_slopes},
        {"Identity", pass_on},
        {"Shape", read_unfolded},
        {"Gather", read_unfolded},
        {"Slice", read_unfolded},
        {"Floor", read_unfolded},
        {"Ceil", read_unfolded},
        {"Dropout", pass_on},
        {"Cast", pass_on},
        {"Resize", read_resizing},
        {"Upsample", read_resizing},
        {"GlobalAveragePool",
         [](onnx_builder& g, const onnx_node& n) { pool_globally(g, n, "global_average_pool", true); }},
        {"GlobalMaxPool",
         [](onnx_builder& g, const onnx_node& n) { pool_globally(g, n, "global_max_pool", true); }},
        {"Relu", read_activation},
        {"Sigmoid", read_activation},
        {"Tanh", read_activation},
        {"Softplus", read_activation},
        {"Softsign", read_activation},
        {"Exp", read_activation},
        {"LeakyRelu", read_activation},
        {"Elu", read_activation},
        {"Selu", read_activation},
        {"HardSigmoid", read_activation},
        {"HardSwish", read_activation},
        {"Gelu", read_activation},
    };
    const auto found = readers.find(operation.type);
    const bool is_standard = operation.domain.empty() || operation.domain == "ai.onnx";
    if (!is_standard || found == readers.end())
        return graph.add_problem(operation,
                                 is_standard ? "unknown here" : "not an operator of networks that is known");
    for (const std::string& input : operation.inputs)
        if (const auto value = graph.values.find(input);
            value != graph.values.end() && !value->second.is_known) {
            for (const std::string& output : operation.outputs)
                graph.values[output].is_known = false;
            return;
        }
    if (!fold(graph, operation))
        found->second(graph, operation);
}

/// Reads models of ONNX into a graph, channels last.
class onnx_file {
public:
    explicit onnx_file(std::filesystem::path path) : path_(std::move(path)) {}

    /// `inputs` are shapes with the batch, in ONNX's order; empty for those of the file. An input with a
    /// value in `given` is a constant, and no shape is said for it.
    [[nodiscard]] model_graph read(const std::vector<extents>& inputs, const given_values& given = {}) const {
        const std::string bytes = plain_file(path_).read_rest();
        const onnx_model model = parse_onnx(bytes, path_.string());
        const auto opset = model.opsets.find("");
        model_graph result{path_.string(), "ONNX from " + model.producer};
        onnx_builder graph(result, opset == model.opsets.end() ? 1 : opset->second);
        onnx_scope scope(path_, graph);
        scope.add_constants(model);
        add_given(graph, model, given);
        add_inputs(graph, result, model, inputs);
        scope.read(model, read_onnx_node);
        if (graph.problem_count() > 0)
            internal::raise(data_error::in_file(
                path_, "operators that strata can express",
                internal::concatenate(graph.problem_count(), " that it cannot:", graph.problems())));
        add_outputs(graph, result, model);
        return result;
    }

private:
    /// Inputs that have a value before the network runs.
    void add_given(onnx_builder& graph, const onnx_model& model, const given_values& given) const {
        for (const auto& [name, numbers] : given) {
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
            graph.values[name] = std::move(value);
        }
    }

    void add_inputs(onnx_builder& graph, model_graph& result, const onnx_model& model,
                    const std::vector<extents>& given) const {
        std::size_t number = 0;
        for (const onnx_value_info& info : model.inputs) {
            if (graph.values.find(info.name) != graph.values.end()) // a weight, which old files list as well
                continue;
            std::vector<std::int64_t> shape = info.dims;
            if (!given.empty()) {
                if (number >= given.size() || given[number].size() != shape.size())
                    internal::raise(data_error::in_file(path_,
                                                        internal::concatenate("a shape of ", shape.size(),
                                                                              " extents for input ",
                                                                              internal::shown(info.name)),
                                                        "another one"));
                shape.assign(given[number].begin(), given[number].end());
            }
            add_input(graph, result, info.name, shape, model);
            ++number;
        }
    }

    void add_input(onnx_builder& graph, model_graph& result, const std::string& name,
                   std::vector<std::int64_t> shape, const onnx_model& model) const {
        constexpr std::int64_t unlikely = 1000003; // stands for any number of samples, and is no other extent
        if (shape.empty())
            internal::raise(data_error::in_file(path_, "an input with an axis of samples",
                                                "input " + internal::shown(name) +
                                                    ", a single number: give it a value as --given does"));
        graph.batch = shape.front() > 0 ? shape.front() : unlikely;
        shape.front() = graph.batch;
        onnx_value value;
        graph_node node{"input", name};
        for (std::size_t axis = 1; axis < shape.size(); ++axis)
            if (shape[axis] <= 0 || shape[axis] > (std::int64_t{1} << 31))
                internal::raise(data_error::in_file(
                    path_,
                    internal::concatenate("the extents of input ", internal::shown(name),
                                          ", of which the file leaves axis ", axis, " open"),
                    "none: say them as --input does"));
        value.axes = onnx_builder::plain_axes(shape.size());
        const auto reads_image = [&](const onnx_node& each) {
            return std::find(each.inputs.begin(), each.inputs.end(), name) != each.inputs.end() &&
                   (each.type == "Conv" || each.type == "MaxPool" || each.type == "AveragePool" ||
                    each.type == "ConvTranspose");
        };
        const auto turns = [&](const onnx_node& each) {
            return each.type == "Transpose" &&
                   std::find(each.inputs.begin(), each.inputs.end(), name) != each.inputs.end();
        };
        const bool is_turned = std::any_of(model.nodes.begin(), model.nodes.end(), turns);
        if (std::any_of(model.nodes.begin(), model.nodes.end(), reads_image) ||
            (shape.size() > 3 && !is_turned))
            value.axes = onnx_builder::image_axes(shape.size());
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

    void add_outputs(onnx_builder& graph, model_graph& result, const onnx_model& model) const {
        for (const onnx_value_info& info : model.outputs) {
            const auto found = graph.values.find(info.name);
            if (found == graph.values.end() || found->second.constant)
                internal::raise(data_error::in_file(
                    path_, "an output " + internal::shown(info.name) + " that the network gives",
                    found == graph.values.end() ? "none" : "a constant"));
            onnx_value value = found->second;
            const onnx_node place{{}, {info.name}, info.name, "output", "", {}};
            if (!value.places.empty())
                internal::raise(data_error::in_file(path_, "an output that is no flattened image",
                                                    internal::shown(info.name)));
            result.outputs.push_back(value.node);
            result.output_axes.push_back(value.axes);
        }
        if (result.outputs.empty())
            internal::raise(data_error::in_file(path_, "a network with outputs", "none"));
    }

    std::filesystem::path path_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
