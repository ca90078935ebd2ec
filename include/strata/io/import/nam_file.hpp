// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/flat_weights.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/io/import/nam_layers.hpp>
#include <strata/io/import/nam_wavenet.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// How many steps a network of sound gets that is not told a number: its stream takes any.
inline constexpr std::size_t default_steps = 64;

/// A model of Neural Amp Modeler (.nam) as a graph: WaveNet, LSTM, ConvNet or Linear, or the largest of a
/// container of them.
class nam_model {
public:
    explicit nam_model(model_graph& graph) : graph_(graph) {}

    void read(const json& document) {
        const json& model = largest(document, 0);
        const json* const config = member(model, "config");
        const std::size_t channels = count_channels(config);
        graph_node input{"input", "input"};
        input.shape = {default_steps, channels};
        graph_.nodes.push_back(std::move(input));
        graph_.inputs = {0};
        graph_.outputs = {add(model, 0, channels, 0)};
    }

private:
    static constexpr std::size_t deepest = 8;

    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        internal::raise(data_error::in_file(graph_.file, expected, found));
    }
    [[nodiscard]] std::size_t count_channels(const json* config) const {
        const double channels = number_of(member(config, "in_channels"), 1);
        if (!(channels >= 1 && channels < 0x1p16 && std::floor(channels) == channels))
            fail("\"in_channels\", a whole number", json_excerpt(member(config, "in_channels")));
        return static_cast<std::size_t>(channels);
    }

    /// Of models of several sizes the last one is whole.
    const json& largest(const json& model, std::size_t depth) {
        if (text_of(member(model, "architecture")) != "SlimmableContainer")
            return model;
        const json* const all = member(member(model, "config"), "submodels");
        const std::size_t count = all != nullptr && all->is_array() ? all->size() : 0;
        const json* const last = count == 0 ? nullptr : member(element(all, count - 1), "model");
        if (last == nullptr || depth == deepest)
            fail("\"submodels\", a list of models", json_excerpt(all));
        if (count > 1)
            graph_.warnings.push_back(internal::concatenate(
                "the file has ", count, " models of which the last one, the largest, is imported"));
        return largest(*last, depth + 1);
    }

    /// The node of a model's result.
    std::size_t add(const json& model, std::size_t input, std::size_t channels, std::size_t depth) {
        const json* const config = member(model, "config");
        const std::string architecture = text_of(member(model, "architecture"));
        if (config == nullptr || !config->is_object() || architecture.empty() || depth == deepest)
            fail("a model with \"architecture\" and \"config\"", json_excerpt(config));
        flat_weights weights(graph_.file, member(model, "weights"));
        nam_layers layers(graph_, weights);
        std::size_t result = input;
        if (architecture == "WaveNet")
            result = add_wavenet(layers, *config, input, channels, depth);
        else if (architecture == "LSTM")
            result = add_lstm(layers, *config, input, channels);
        else if (architecture == "ConvNet")
            result = add_convnet(layers, *config, input, channels);
        else if (architecture == "Linear")
            result = add_linear(layers, *config, input, channels);
        else
            fail("the architecture WaveNet, LSTM, ConvNet or Linear", internal::shown(architecture));
        weights.expect_end();
        return result;
    }

    /// What a WaveNet mixes in is what it hears, or what another model makes of that.
    std::size_t add_wavenet(nam_layers& layers, const json& config, std::size_t input, std::size_t channels,
                            std::size_t depth) {
        std::size_t condition = input;
        std::size_t condition_channels = channels;
        if (const json* const other = member(config, "condition_dsp")) {
            condition = add(*other, input, channels, depth + 1);
            const json* const stacks = member(config, "layers");
            condition_channels = stacks == nullptr || !stacks->is_array() || stacks->empty()
                                     ? 1
                                     : layers.count((*stacks)[0], "condition_size");
        }
        return nam_wavenet(layers, config).add(input, condition, channels, condition_channels);
    }

    /// [W_i W_h] of the gates i, f, g and o, a bias, and the state before the first step.
    std::size_t add_lstm(nam_layers& layers, const json& config, std::size_t input, std::size_t channels) {
        const std::size_t units = layers.count(config, "hidden_size");
        const std::size_t depth = layers.count(config, "num_layers");
        std::size_t inputs = layers.count(config, "input_size");
        if (inputs != channels)
            fail(internal::concatenate("\"input_size\" ", channels), internal::concatenate(inputs));
        bool has_state = false;
        std::size_t x = input;
        for (std::size_t i = 0; i < depth; ++i) {
            const std::string name = internal::concatenate("layers.", i);
            const std::size_t gates = 4 * units;
            const std::vector<float> rows = layers.weights().take({gates, inputs + units}, name);
            tensor kernel{{inputs, gates}, std::vector<float>(inputs * gates)};
            tensor recurrent{{units, gates}, std::vector<float>(units * gates)};
            for (std::size_t g = 0; g < gates; ++g)
                for (std::size_t k = 0; k < inputs + units; ++k)
                    (k < inputs ? kernel.numbers[k * gates + g]
                                : recurrent.numbers[(k - inputs) * gates + g]) =
                        rows[g * (inputs + units) + k];
            graph_node node{"lstm", name};
            node.attributes = {{"units", static_cast<double>(units)}};
            node.weights.emplace_back("kernel", std::move(kernel));
            node.weights.emplace_back("recurrent_kernel", std::move(recurrent));
            node.weights.emplace_back("bias", tensor{{gates}, layers.weights().take({gates}, name)});
            for (const float number : layers.weights().take({2, units}, name))
                has_state = has_state || number != 0;
            x = layers.add(std::move(node), {x});
            inputs = units;
        }
        if (has_state)
            graph_.warnings.emplace_back(
                "its LSTM begins in a state of its own, here in zeros: prime a stream with "
                "half a second of silence, as the file's player does");
        return add_dense(layers, "head", x, units, layers.count(config, "out_channels", 1));
    }

    /// A dense layer, stored [outputs, inputs].
    static std::size_t add_dense(nam_layers& layers, const char* name, std::size_t source, std::size_t inputs,
                                 std::size_t outputs) {
        const nam_convolution stored = layers.take_convolution(name, inputs, outputs, 1, 1, 1, true);
        graph_node node{"dense", name};
        node.attributes = {{"units", static_cast<double>(outputs)}, {"bias", 1.0}};
        node.weights.emplace_back("kernel", tensor{{inputs, outputs}, stored.kernel.numbers});
        node.weights.emplace_back("bias", stored.bias);
        return layers.add(std::move(node), {source});
    }

    std::size_t add_convnet(nam_layers& layers, const json& config, std::size_t input, std::size_t inputs) {
        constexpr std::size_t taps = 2;
        const std::size_t channels = layers.count(config, "channels");
        const bool has_norm = truth_of(member(config, "batchnorm"), false);
        const std::size_t groups = layers.count(config, "groups", 1);
        const std::vector<std::size_t> dilations = layers.counts(config, "dilations");
        std::size_t x = input;
        for (std::size_t i = 0; i < dilations.size(); ++i) {
            const std::string name = internal::concatenate("blocks.", i);
            x = layers.convolve(name + ".conv", x,
                                layers.take_convolution(name + ".conv", inputs, channels, taps, dilations[i],
                                                        groups, !has_norm));
            inputs = channels;
            if (has_norm) {
                graph_node norm{"batch_norm", name + ".batchnorm"};
                for (const char* const each : {"moving_mean", "moving_variance", "gamma", "beta"})
                    norm.weights.emplace_back(
                        each, tensor{{channels}, layers.weights().take({channels}, norm.name)});
                norm.attributes["epsilon"] = double{layers.weights().take({1}, norm.name).front()};
                x = layers.add(std::move(norm), {x});
            }
            x = layers.activate(name, x, member(config, "activation"), channels);
        }
        return add_dense(layers, "head", x, channels, layers.count(config, "out_channels", 1));
    }

    /// An impulse's answer, the newest sample's factor first.
    std::size_t add_linear(nam_layers& layers, const json& config, std::size_t input, std::size_t channels) {
        const std::size_t taps = layers.count(config, "receptive_field");
        if (channels != 1 || layers.count(config, "out_channels", 1) != 1)
            fail("a Linear of one channel", "several");
        nam_convolution filter =
            layers.take_convolution("weight", 1, 1, taps, 1, 1, truth_of(member(config, "bias"), false));
        std::reverse(filter.kernel.numbers.begin(), filter.kernel.numbers.end());
        return layers.convolve("weight", input, filter);
    }

    model_graph& graph_;
};

inline model_graph read_nam(const std::filesystem::path& path, const json& document) {
    model_graph result{path.string(), "Neural Amp Modeler " + text_of(member(document, "version"))};
    nam_model(result).read(document);
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
