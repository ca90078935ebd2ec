// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/export/keras_layers.hpp>
#include <strata/io/export/keras_node.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/source/flow.hpp>
#include <strata/source/known_parts.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// The layers of a network as layers of Keras, in their order. `std::invalid_argument` lists all that Keras
/// lacks.
class keras_flow {
public:
    explicit keras_flow(const detail::source_flow& flow) : flow_(flow), next_(first_free_value()) {
        for (std::size_t i = 0; i < flow.nodes.size();)
            i += is_bidirectional(i) ? add_bidirectional(i) : is_attention(i) ? add_attention(i) : add(i);
        if (!problems_.empty())
            internal::raise(
                std::invalid_argument(internal::concatenate("export_keras: no file was written", problems_)));
    }

    std::vector<keras_node> nodes;

private:
    const detail::source_flow& flow_;
    std::size_t next_; // the number of a value that is between two layers of one
    std::string problems_;

    [[nodiscard]] std::size_t first_free_value() const {
        std::size_t result = flow_.inputs.size();
        for (const auto& each : flow_.nodes)
            for (const std::size_t value : each.results)
                result = std::max(result, value + 1);
        return result;
    }

    void refuse(const detail::source_flow::node& node, std::string_view problem) {
        internal::append(problems_, "\n  layer ", node.value - flow_.inputs.size() + 1, ", ", node.piece.text,
                         ": ", problem);
    }
    static bool stands_in(const detail::source_flow::node& node, std::string_view wrapper) {
        return std::any_of(node.piece.wrappers.begin(), node.piece.wrappers.end(),
                           [&](const detail::piece_wrapper& each) { return each.text == wrapper; });
    }

    // Adds the layers of a node between its sources and its results.
    std::size_t add(std::size_t number) {
        const detail::source_flow::node& node = flow_.nodes[number];
        const bool is_each_step = stands_in(node, "time_distributed(");
        const auto step = [&](const keras_extents& whole) {
            return is_each_step && !whole.empty() ? keras_extents(whole.begin() + 1, whole.end()) : whole;
        };
        const layer_call call = layer_call::parse(node.piece.text);
        keras_translation words = translate(call, step(node.input), step(node.output));
        if (stands_in(node, detail::unmirrored_text) || stands_in(node, detail::mirrored_text))
            words.refuse("Keras reads one recurrent layer alone in both directions");
        std::vector<std::size_t> sources = node.sources;
        for (std::size_t i = 0; i < words.nodes.size(); ++i) {
            keras_node& each = words.nodes[i];
            if (!each.problem.empty())
                refuse(node, each.problem);
            const bool is_last = i + 1 == words.nodes.size();
            each.sources = sources;
            each.results = is_last ? node.results : std::vector<std::size_t>{next_++};
            sources = each.results;
            each.is_frozen = stands_in(node, "frozen_weights(");
            each.is_each_step = is_each_step;
            if (is_each_step)
                each.output.insert(each.output.begin(), node.input.at(0));
            if (has_arrays(each.class_name)) {
                each.variables[0].value = node.value;
                each.shared = node.shared;
            } else
                each.variables.clear();
            nodes.push_back(std::move(each));
        }
        return 1;
    }
    // A padding and a layer that it belongs to have one set of arrays.
    static bool has_arrays(std::string_view class_name) {
        return !class_name.starts_with("ZeroPadding") && !class_name.starts_with("Cropping");
    }

    // Whether a recurrent layer, its mirror image and what joins them stand here.
    [[nodiscard]] bool is_bidirectional(std::size_t begin) const {
        if (begin + 2 >= flow_.nodes.size())
            return false;
        const auto& forward = flow_.nodes[begin];
        const auto& backward = flow_.nodes[begin + 1];
        const auto& merge = flow_.nodes[begin + 2];
        return stands_in(forward, detail::unmirrored_text) && stands_in(backward, detail::mirrored_text) &&
               forward.piece.text == backward.piece.text && forward.sources == backward.sources &&
               merge.sources == std::vector<std::size_t>{forward.results[0], backward.results[0]} &&
               merge_mode(merge.piece.text) != nullptr;
    }
    static const char* merge_mode(std::string_view text) {
        return text == "concat<>"   ? "concat"
               : text == "add"      ? "sum"
               : text == "multiply" ? "mul"
               : text == "average"  ? "ave"
                                    : nullptr;
    }
    std::size_t add_bidirectional(std::size_t begin) {
        const auto& forward = flow_.nodes[begin];
        const auto& merge = flow_.nodes[begin + 2];
        const layer_call call = layer_call::parse(forward.piece.text);
        keras_translation words = translate(call, forward.input, forward.output);
        if (!words.nodes.back().problem.empty())
            refuse(forward, words.nodes.back().problem);
        const auto inner = [&](const char* name, bool goes_backwards) {
            json config = words.nodes.back().config;
            config["name"] = name;
            config["trainable"] = true;
            config["dtype"] = "float32";
            config["go_backwards"] = goes_backwards;
            return keras_object("keras.layers", words.nodes.back().class_name, std::move(config));
        };
        const bool is_backwards = call.has("backwards");
        keras_node result{"Bidirectional"};
        result.config = {{"layer", inner("forward_layer", is_backwards)},
                         {"backward_layer", inner("backward_layer", !is_backwards)},
                         {"merge_mode", merge_mode(merge.piece.text)}};
        result.sources = forward.sources;
        result.results = merge.results;
        result.output = merge.output;
        result.is_frozen = stands_in(forward, "frozen_weights(");
        result.variables = {{forward.value, "forward_layer/cell"},
                            {flow_.nodes[begin + 1].value, "backward_layer/cell"}};
        result.shared = forward.shared;
        nodes.push_back(std::move(result));
        return 3;
    }

    // Whether the projections and the weights of an attention stand here.
    [[nodiscard]] bool is_attention(std::size_t begin) const {
        if (begin + 4 >= flow_.nodes.size())
            return false;
        const auto projects = [&](std::size_t place, std::string_view name) {
            return detail::projection_called(name, flow_.nodes[begin + place].piece.text).number > 0;
        };
        return projects(0, "query") && projects(1, "key") && projects(2, "value") &&
               flow_.nodes[begin + 3].piece.text.starts_with("dot_attention<") && projects(4, "output");
    }
    std::size_t add_attention(std::size_t begin) {
        const auto& query = flow_.nodes[begin];
        const auto& value = flow_.nodes[begin + 2];
        const auto& output = flow_.nodes[begin + 4];
        const layer_call weights = layer_call::parse(flow_.nodes[begin + 3].piece.text);
        layer_call options = layer_call::parse(query.piece.text);
        const std::size_t heads = weights.count(0);
        const std::size_t width = options.count(1) / heads;
        const std::size_t value_width = layer_call::parse(value.piece.text).count(1) / heads;
        if (weights.has("key_heads"))
            refuse(output, "keys that heads share are not written");
        keras_node result{"MultiHeadAttention"};
        result.config = {{"num_heads", heads},
                         {"key_dim", width},
                         {"value_dim", value_width},
                         {"dropout", weights.has("dropout") ? weights.find("dropout")->number(0) : 0.0},
                         {"output_shape", nullptr},
                         {"attention_axes", nullptr}};
        add_kernel_options(result.config, options);
        if (weights.has("causal"))
            result.options["use_causal_mask"] = true;
        result.sources = {query.sources.at(0), value.sources.at(0)};
        result.results = output.results;
        result.output = output.output;
        result.is_frozen = stands_in(query, "frozen_weights(");
        result.shared = query.shared;
        result.reads_apart = true;
        const auto split = [&](std::size_t place, const char* part, std::size_t each) {
            const std::size_t features = flow_.nodes[begin + place].input.back();
            result.variables.push_back(
                {flow_.nodes[begin + place].value, part, {{features, heads, each}, {heads, each}}});
        };
        result.variables.clear();
        split(0, "query_dense", width);
        split(1, "key_dense", width);
        split(2, "value_dense", value_width);
        result.variables.push_back({output.value,
                                    "output_dense",
                                    {{heads, value_width, output.output.back()}, {output.output.back()}}});
        nodes.push_back(std::move(result));
        return 5;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::exports
