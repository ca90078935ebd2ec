// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/io/import/keras_calls.hpp>
#include <strata/io/import/keras_layers.hpp>
#include <strata/io/import/keras_names.hpp>
#include <strata/io/import/keras_time_distributed.hpp>
#include <strata/io/import/shared_parts.hpp>
#include <strata/io/import/weight_source.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Turns a Keras configuration, Sequential or functional, into a graph. Models within are written out in
/// their places. Classes that nobody knows become nodes of that kind, which whoever writes the graph lists.
class keras_model {
public:
    keras_model(model_graph& graph, weight_source& weights, std::size_t generation)
        : graph_(graph), weights_(weights), generation_(generation) {}

    /// `model` is an object of `class_name` and `config`.
    void read(const json& model) { graph_.outputs = add_model(model, {}, {}, 0); }

private:
    using node_numbers = std::vector<std::size_t>;
    static constexpr std::size_t deepest = 32;
    static constexpr auto concatenate = internal::concatenate;

    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        internal::raise(data_error::in_file(graph_.file, expected, found));
    }

    static bool is_model(std::string_view class_name) {
        return class_name == "Sequential" || class_name == "Functional" || class_name == "Model";
    }

    /// The nodes of a model's results. `given` are those of its inputs, of a model within another one.
    node_numbers add_model(const json& model, const node_numbers& given, const layer_place& place,
                           std::size_t depth) {
        const std::string class_name = text_of(member(model, "class_name"));
        const json* const config = member(model, "config");
        // Before 2.2 a Sequential was its list of layers.
        const json* const layers =
            config != nullptr && config->is_array() ? config : member(config, "layers");
        if (!is_model(class_name) || layers == nullptr || !layers->is_array())
            fail("a Sequential or functional model of Keras with a list of layers",
                 concatenate("class ", internal::shown(class_name)));
        if (depth == deepest)
            fail(concatenate("models in models, ", deepest, " deep at most"), "deeper ones");
        return class_name == "Sequential" ? add_sequence(*layers, config, given, place, depth)
                                          : add_functional(*layers, *config, given, place, depth);
    }

    static layer_place place_of(const json& layer, const layer_place& outer, counted_names& names) {
        layer_place result = outer;
        result.name = layer_name(layer);
        if (outer.counted.empty())
            result.outermost = result.name;
        result.counted.push_back(names.next(snake_case(text_of(member(layer, "class_name")))));
        return result;
    }
    static std::string layer_name(const json& layer) {
        return text_of(member(layer, "name"), text_of(member(member(layer, "config"), "name")));
    }

    node_numbers add_sequence(const json& layers, const json* config, const node_numbers& given,
                              const layer_place& place, std::size_t depth) {
        node_numbers ends = given;
        counted_names names;
        for (const json& layer : layers) {
            const layer_place inner = place_of(layer, place, names);
            if (text_of(member(layer, "class_name")) == "InputLayer") {
                if (ends.empty())
                    ends = {add_input(layer, nullptr)};
            } else {
                if (ends.empty())
                    ends = {add_input(layer, config)};
                ends = add_layer(layer, ends, inner, depth);
            }
        }
        if (ends.empty())
            fail("a model with layers", "one without");
        return ends;
    }

    node_numbers add_functional(const json& layers, const json& config, const node_numbers& given,
                                const layer_place& place, std::size_t depth) {
        const std::vector<keras_value> inputs = read_values(member(config, "input_layers"));
        std::vector<keras_value> outputs = read_values(member(config, "output_layers"));
        if (!given.empty() && given.size() != inputs.size())
            fail(concatenate(inputs.size(), " values for the model ", internal::shown(place.name)),
                 concatenate(given.size()));
        call_results results;
        for (std::size_t i = 0; i < given.size(); ++i)
            results[inputs[i].layer] = {{{given[i]}}};
        std::vector<member_layer> waiting;
        counted_names names;
        for (const json& layer : layers)
            waiting.push_back(
                {&layer, place_of(layer, place, names), read_calls(member(layer, "inbound_nodes"))});
        count_from_zero(outputs, waiting);
        // Inputs are counted as the model lists them, whatever the order of its layers.
        if (given.empty())
            for (const keras_value& input : inputs)
                for (const member_layer& each : waiting)
                    if (each.place.name == input.layer && results.find(input.layer) == results.end())
                        results[input.layer] = {{{add_input(*each.layer, nullptr)}}};

        // Layers stand behind those that they read in nearly all files, so that one pass is enough.
        while (!waiting.empty()) {
            std::vector<member_layer> later;
            bool goes_on = false;
            for (member_layer& each : waiting) {
                if (each.done == 0 && results.find(each.place.name) != results.end())
                    continue;
                if (each.calls.empty())
                    results[each.place.name] = {{{add_input(*each.layer, nullptr)}}};
                const std::size_t previous = each.done;
                while (each.done < each.calls.size() && can_read(each.calls[each.done].values, results))
                    add_call(each, results, depth);
                goes_on = goes_on || each.calls.empty() || each.done > previous;
                if (each.done < each.calls.size())
                    later.push_back(std::move(each));
            }
            if (!goes_on && !later.empty())
                fail("layers that read what others make",
                     concatenate("layer ", internal::shown(later.front().place.name),
                                 ", which reads what is not there, or itself"));
            waiting = std::move(later);
        }
        node_numbers ends;
        for (const keras_value& output : outputs)
            ends.push_back(find(output, results));
        if (ends.empty())
            fail("a model with outputs", "one without");
        return ends;
    }

    /// The results of each call of a layer.
    struct layer_results {
        std::vector<node_numbers> calls;
        bool has_one_call = true; ///< whatever its number in a larger model was
        [[nodiscard]] std::size_t number(std::size_t call) const { return has_one_call ? 0 : call; }
    };
    using call_results = std::map<std::string, layer_results, std::less<>>;
    struct member_layer {
        const json* layer;
        layer_place place;
        std::vector<keras_call> calls;
        std::size_t done = 0; ///< calls
        graph_part first{};
    };
    /// Keras counts the calls of a model in a model from 1, behind that which made it. A file has no call
    /// that nobody reads, so the least number that is read is that of the first.
    static void count_from_zero(std::vector<keras_value>& outputs, std::vector<member_layer>& layers) {
        std::map<std::string, std::size_t, std::less<>> first;
        const auto each_list = [&](const auto& visit) {
            visit(outputs);
            for (member_layer& layer : layers)
                for (keras_call& call : layer.calls)
                    visit(call.values);
        };
        each_list([&](const std::vector<keras_value>& values) {
            for (const keras_value& value : values) {
                const auto known = first.try_emplace(value.layer, value.call).first;
                known->second = std::min(known->second, value.call);
            }
        });
        each_list([&](std::vector<keras_value>& values) {
            for (keras_value& value : values)
                value.call -= first.find(value.layer)->second;
        });
    }
    static bool can_read(const std::vector<keras_value>& values, const call_results& results) {
        return std::all_of(values.begin(), values.end(), [&](const keras_value& each) {
            const auto found = results.find(each.layer);
            return found != results.end() && found->second.number(each.call) < found->second.calls.size();
        });
    }
    std::size_t find(const keras_value& value, const call_results& results) const {
        const auto found = results.find(value.layer);
        const auto what = concatenate("result ", value.result, " of layer ", internal::shown(value.layer));
        if (found == results.end())
            fail(what, "no such layer");
        const std::size_t call = found->second.number(value.call);
        if (call >= found->second.calls.size() || value.result >= found->second.calls[call].size())
            fail(what, call >= found->second.calls.size() ? "fewer calls of it" : "fewer results");
        return found->second.calls[call][value.result];
    }

    /// The next call of a layer. What several calls make has the weights in common.
    void add_call(member_layer& each, call_results& results, std::size_t depth) {
        const keras_call& call = each.calls[each.done];
        node_numbers sources;
        for (const keras_value& value : call.values)
            sources.push_back(find(value, results));
        if (each.done++ == 0) {
            each.first = {graph_.nodes.size(), 0, sources};
            each.first.ends = add_layer(*each.layer, sources, each.place, depth, call.options);
            each.first.end = graph_.nodes.size();
            if (each.calls.size() > 1)
                share_part(graph_, each.first, shared_name(each.place));
            results[each.place.name] = {{each.first.ends}, each.calls.size() == 1};
        } else {
            expect_room(each);
            auto& made = results[each.place.name].calls;
            if (have_same_options(each.calls.front(), call) && read_alike(each.first.sources, sources))
                made.push_back(repeat_part(graph_, each.first, sources).ends);
            else if (weights_of_part(graph_, each.first) == 0)
                made.push_back(add_layer(*each.layer, sources, each.place, depth, call.options));
            else
                fail("calls of a layer with weights that differ in what they read alone",
                     concatenate("other options, or other values, in a call of ",
                                 internal::shown(each.place.name)));
        }
    }
    void expect_room(const member_layer& each) {
        repeated_numbers_ += weights_of_part(graph_, each.first);
        if (!has_room(graph_, each.first, repeated_numbers_))
            fail(concatenate("calls that make ", most_repeated_layers, " layers and repeat ",
                             most_repeated_weights, " weights at most"),
                 concatenate("more by calls of ", internal::shown(each.place.name)));
    }
    /// A name that no other layer of all models has.
    static std::string shared_name(const layer_place& place) {
        return part_name(place.counted.size() == 1 ? place.name : place.outermost + "/" + place.name);
    }

    /// `options` are those of the call, null for none.
    node_numbers add_layer(const json& layer, const node_numbers& sources, const layer_place& place,
                           std::size_t depth, const json* options = nullptr) {
        const std::string class_name = text_of(member(layer, "class_name"));
        if (is_model(class_name)) {
            const std::size_t begin = graph_.nodes.size();
            const node_numbers ends = add_model(layer, sources, place, depth + 1);
            name_part(graph_, begin, place.name);
            return ends;
        }
        if (class_name == "TimeDistributed")
            return add_each_step(layer, sources, place, depth);
        expect_plain_numbers(member(member(layer, "config"), "dtype"), place.name);
        translation words = translate(
            {class_name, place.name, member(layer, "config"), generation_, 0, sources.size(), options});
        graph_.warnings.insert(graph_.warnings.end(), words.warnings.begin(), words.warnings.end());
        const std::size_t begin = graph_.nodes.size();
        for (std::size_t i = 0; i < words.nodes.size(); ++i) {
            graph_node& node = words.nodes[i];
            node.sources = words.sources_of(i, begin, sources);
            if (node.kind == class_name && node.hint.empty() && node.weights.empty())
                if (const json* const module = member(layer, "module"); generation_ > 2 && module == nullptr)
                    node.hint = "a class of its author's own";
            for (const weight_request& wanted : words.wanted[i]) {
                std::optional<tensor> found = weights_.find(place, wanted);
                if (!found)
                    fail(concatenate("the weights of layer ", internal::shown(place.name), ", ",
                                     wanted.parameter),
                         weights_.content());
                node.weights.emplace_back(wanted.parameter, std::move(*found));
            }
            if (words.settle != nullptr)
                words.settle(node);
            graph_.nodes.push_back(std::move(node));
        }
        node_numbers ends;
        for (const std::size_t result : words.results)
            ends.push_back(begin + result);
        return !ends.empty() ? ends : words.nodes.empty() ? sources : node_numbers{graph_.nodes.size() - 1};
    }

    /// Weights that `quantize` has made count scales, and their layers round what they read.
    void expect_plain_numbers(const json* policy, const std::string& layer) const {
        const std::string name = text_of(member(member(policy, "config"), "name"), text_of(policy));
        if (text_of(member(policy, "class_name")).starts_with("Quantized") ||
            name.find("_from_") != std::string::npos)
            fail(concatenate("weights of layer ", internal::shown(layer), " that are not quantized"),
                 concatenate("the type ", internal::shown(name)));
    }

    /// TimeDistributed, around a layer or a model.
    node_numbers add_each_step(const json& layer, const node_numbers& sources, const layer_place& place,
                               std::size_t depth) {
        const json* const inner = member(member(layer, "config"), "layer");
        if (inner == nullptr || depth == deepest)
            fail(concatenate("a layer in layer ", internal::shown(place.name)), json_excerpt(inner));
        layer_place inside = place;
        inside.counted.back() += "/layer";
        const std::size_t begin = graph_.nodes.size();
        const node_numbers ends = add_layer(*inner, sources, inside, depth + 1);
        for (std::size_t i = begin; i < graph_.nodes.size(); ++i)
            make_each_step(graph_.nodes[i]);
        return ends;
    }

    /// An input of the shape that a layer says; without one, that a model says.
    std::size_t add_input(const json& layer, const json* model) {
        const json* const config = member(layer, "config");
        const json* shape = nullptr;
        for (const char* const key : {"batch_shape", "batch_input_shape"})
            shape = shape == nullptr ? member(config, key) : shape;
        if (shape == nullptr && model != nullptr)
            shape = member(model, "build_input_shape");
        if (shape == nullptr && model != nullptr)
            shape = member(member(layer, "build_config"), "input_shape");
        if (shape == nullptr || !shape->is_array() || shape->empty())
            fail(concatenate("the shape of the model's input at layer ", internal::shown(layer_name(layer))),
                 json_excerpt(shape));
        graph_node node{"input", layer_name(layer)};
        for (std::size_t i = 1; i < shape->size(); ++i) {
            const double extent = number_of(&(*shape)[i], 0); // null is an extent that the file leaves open
            if (!(extent >= 0 && extent < 0x1p31 && std::floor(extent) == extent))
                fail(concatenate("the extents of input ", internal::shown(node.name)),
                     json_excerpt(&(*shape)[i]));
            node.shape.push_back(static_cast<std::size_t>(extent));
        }
        graph_.inputs.push_back(graph_.nodes.size());
        graph_.nodes.push_back(std::move(node));
        return graph_.inputs.back();
    }

    model_graph& graph_;
    weight_source& weights_;
    std::size_t generation_;
    std::size_t repeated_numbers_ = 0; ///< of weights that several calls have
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
