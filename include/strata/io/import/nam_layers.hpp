// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/flat_weights.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A convolution of [steps, channels] that looks back, with its weights as they rest in strata.
struct nam_convolution {
    tensor kernel; ///< [taps, inputs of a group, outputs]
    tensor bias{}; ///< empty where there is none
    std::size_t dilation = 1;
    std::size_t groups = 1;

    /// The same for some of its outputs. Groups become zeros in a kernel of one, since the outputs of a part
    /// need not be those of whole groups.
    [[nodiscard]] nam_convolution part(std::size_t begin, std::size_t count) const {
        const std::size_t taps = kernel.shape[0];
        const std::size_t width = kernel.shape[1];
        const std::size_t outputs = kernel.shape[2];
        const std::size_t inputs = width * groups;
        nam_convolution result{{{taps, inputs, count}, std::vector<float>(taps * inputs * count)}};
        result.dilation = dilation;
        for (std::size_t k = 0; k < taps; ++k)
            for (std::size_t o = 0; o < count; ++o) {
                const std::size_t group = (begin + o) / (outputs / groups);
                for (std::size_t i = 0; i < width; ++i)
                    result.kernel.numbers[(k * inputs + group * width + i) * count + o] =
                        kernel.numbers[(k * width + i) * outputs + begin + o];
            }
        if (!bias.numbers.empty()) {
            const auto first = bias.numbers.begin() + static_cast<std::ptrdiff_t>(begin);
            result.bias = {{count}, {first, first + static_cast<std::ptrdiff_t>(count)}};
        }
        return result;
    }
};

/// Makes a graph of what Neural Amp Modeler's files say, layer by layer: of [steps, channels] throughout.
class nam_layers {
public:
    nam_layers(model_graph& graph, flat_weights& weights) : graph_(graph), weights_(weights) {}

    [[nodiscard]] model_graph& graph() { return graph_; }
    [[nodiscard]] flat_weights& weights() { return weights_; }

    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        internal::raise(data_error::in_file(graph_.file, expected, found));
    }

    /// A whole number of a configuration, 1 at least unless `least` says otherwise; a message without
    /// `fallback`.
    std::size_t count(const json& config, const char* key, double fallback = std::nan(""),
                      double least = 1) const {
        return whole(member(config, key), key, fallback, least);
    }
    std::size_t whole(const json* value, std::string_view key, double fallback = std::nan(""),
                      double least = 1) const {
        const double number = number_of(value, value == nullptr ? fallback : std::nan(""));
        if (!(number >= least && number < 0x1p31 && std::floor(number) == number))
            fail(internal::concatenate(internal::shown(key), ", a whole number"), json_excerpt(value));
        return static_cast<std::size_t>(number);
    }
    std::vector<std::size_t> counts(const json& config, const char* key) const {
        const json* const list = member(config, key);
        if (list == nullptr || !list->is_array() || list->empty())
            fail(internal::concatenate(internal::shown(key), ", a list of whole numbers"),
                 json_excerpt(list));
        std::vector<std::size_t> result;
        for (const json& each : *list)
            result.push_back(whole(&each, key));
        return result;
    }

    std::size_t add(graph_node node, std::vector<std::size_t> sources) {
        node.sources = std::move(sources);
        graph_.nodes.push_back(std::move(node));
        return graph_.nodes.size() - 1;
    }
    std::size_t add(const char* kind, const std::string& name, std::vector<std::size_t> sources) {
        return add({kind, name}, std::move(sources));
    }

    /// The next weights as a convolution. The file has [outputs, inputs of a group, taps], and the bias
    /// behind.
    nam_convolution take_convolution(const std::string& name, std::size_t inputs, std::size_t outputs,
                                     std::size_t taps, std::size_t dilation, std::size_t groups,
                                     bool has_bias) {
        if (inputs % groups != 0 || outputs % groups != 0)
            fail(internal::concatenate("groups that divide the ", inputs, " inputs and ", outputs,
                                       " outputs of ", name),
                 internal::concatenate(groups));
        const std::size_t width = inputs / groups;
        const std::vector<float> rows = weights_.take({outputs, width, taps}, name);
        nam_convolution result{{{taps, width, outputs}, std::vector<float>(rows.size())}};
        for (std::size_t o = 0; o < outputs; ++o)
            for (std::size_t i = 0; i < width; ++i)
                for (std::size_t k = 0; k < taps; ++k)
                    result.kernel.numbers[(k * width + i) * outputs + o] = rows[(o * width + i) * taps + k];
        if (has_bias)
            result.bias = {{outputs}, weights_.take({outputs}, name)};
        result.dilation = dilation;
        result.groups = groups;
        return result;
    }

    std::size_t convolve(const std::string& name, std::size_t source, const nam_convolution& given) {
        graph_node node{"conv", name};
        const std::size_t taps = given.kernel.shape.front();
        const bool has_bias = !given.bias.numbers.empty();
        node.attributes = {
            {"filters", static_cast<double>(given.kernel.shape.back())},
            {"size", std::vector<double>{static_cast<double>(taps)}},
            {"dilation", std::vector<double>{taps > 1 ? static_cast<double>(given.dilation) : 1.0}},
            {"groups", static_cast<double>(given.groups)},
            {"padding", std::string(taps > 1 ? "causal" : "valid")},
            {"bias", has_bias ? 1.0 : 0.0}};
        node.weights.emplace_back("kernel", given.kernel);
        if (has_bias)
            node.weights.emplace_back("bias", given.bias);
        return add(std::move(node), {source});
    }

    /// The function that a text or an object with a "type" names, of so many channels.
    std::size_t activate(const std::string& name, std::size_t source, const json* function,
                         std::size_t channels) {
        static const std::map<std::string, const char*, std::less<>> kinds = {{"Tanh", "tanh"},
                                                                              {"ReLU", "relu"},
                                                                              {"Sigmoid", "sigmoid"},
                                                                              {"SiLU", "silu"},
                                                                              {"Softsign", "softsign"},
                                                                              {"Hardswish", "hard_silu"},
                                                                              {"LeakyReLU", "leaky_relu"},
                                                                              {"Hardtanh", "clipped"},
                                                                              {"PReLU", "leaky_relu"}};
        const std::string type = function != nullptr && function->is_object()
                                     ? text_of(member(function, "type"))
                                     : text_of(function);
        if (type.empty())
            fail(internal::concatenate("the activation of ", name), json_excerpt(function));
        const auto found = kinds.find(type);
        graph_node node{found == kinds.end() ? type : found->second, name};
        if (found == kinds.end())
            node.attributes = attributes_of(function);
        else if (type == "Hardtanh")
            node.attributes = {{"low", -1.0}, {"high", 1.0}};
        else if (node.kind == "leaky_relu")
            node.attributes = {{"slope", number_of(member(function, "negative_slope"), 0.01)}};
        const std::vector<double> slopes = numbers_of(member(function, "negative_slopes"));
        if (type == "PReLU" && member(function, "negative_slope") == nullptr && !slopes.empty()) {
            if (slopes.size() != channels)
                fail(internal::concatenate(channels, " slopes of ", name),
                     internal::concatenate(slopes.size()));
            node = {"prelu", name};
            node.weights.emplace_back("alpha", tensor{{channels}, {slopes.begin(), slopes.end()}});
        }
        return add(std::move(node), {source});
    }

private:
    model_graph& graph_;
    flat_weights& weights_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
