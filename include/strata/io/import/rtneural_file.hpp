// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/io/import/nam_file.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A model of RTNeural (JSON) as a graph, of what its player computes: convolutions look back in time, and
/// all layers give a result for each step. Of [null, features] a network of vectors, of [null, steps,
/// features] or [null, steps, features, channels] one of sequences.
class rtneural_model {
public:
    explicit rtneural_model(model_graph& graph) : graph_(graph) {}

    void read(const json& document) {
        const json* const layers = member(document, "layers");
        if (layers == nullptr || !layers->is_array())
            fail("\"layers\", a list", json_excerpt(layers));
        graph_node input{"input", "input"};
        input.shape = read_shape(member(document, "in_shape"), "in_shape");
        steps_ = stated_steps(member(document, "in_shape"));
        rank_ = input.shape.size();
        features_ = input.shape.back();
        graph_.nodes.push_back(std::move(input));
        graph_.inputs = {0};
        for (std::size_t i = 0; i < layers->size(); ++i)
            add(*element(layers, i), i);
        graph_.outputs = {graph_.nodes.size() - 1};
    }

private:
    static constexpr auto concatenate = internal::concatenate;

    [[noreturn]] void fail(std::string_view expected, std::string_view found) const {
        internal::raise(data_error::in_file(graph_.file, expected, found));
    }

    /// Without the batch. Steps that the file leaves open are as many as samples have without a word.
    [[nodiscard]] extents read_shape(const json* list, std::string_view key) const {
        if (list == nullptr || !list->is_array() || list->size() < 2 || list->size() > 4)
            fail(concatenate(internal::shown(key), ", a list of two to four extents"), json_excerpt(list));
        extents result;
        for (std::size_t i = 1; i < list->size(); ++i) {
            const json& each = (*list)[i];
            const bool is_open = each.is_null() && i == 1 && list->size() > 2;
            result.push_back(is_open ? default_steps : whole(&each, key));
        }
        return result;
    }
    /// How many steps a shape says; 0 where it leaves them open or has none.
    static std::size_t stated_steps(const json* shape) {
        const json* const steps = shape != nullptr && shape->size() > 2 ? element(shape, 1) : nullptr;
        return steps != nullptr && steps->is_number_unsigned() ? steps->get<std::size_t>() : 0;
    }
    [[nodiscard]] std::size_t whole(const json* value, std::string_view key) const {
        // Some writers have a list with the number in it.
        const json* const number =
            value != nullptr && value->is_array() && !value->empty() ? &(*value)[value->size() - 1] : value;
        const double found = number_of(number, std::nan(""));
        if (!(found >= 1 && found < 0x1p31 && std::floor(found) == found))
            fail(concatenate(internal::shown(key), ", a whole number"), json_excerpt(value));
        return static_cast<std::size_t>(found);
    }
    [[nodiscard]] std::size_t count(const json& layer, const char* key) const {
        return whole(member(layer, key), key);
    }

    /// Numbers in lists in lists, whose extents are those of the first ones.
    [[nodiscard]] tensor read_array(const json* list, std::size_t rank, const std::string& place) const {
        tensor result;
        const json* inner = list;
        for (std::size_t axis = 0; axis < rank; ++axis) {
            if (inner == nullptr || !inner->is_array())
                fail(concatenate(rank, " lists in each other of ", place),
                     concatenate("at depth ", axis, ": ", json_excerpt(inner)));
            result.shape.push_back(inner->size());
            inner = element(inner, 0);
        }
        collect(*list, 0, place, result);
        return result;
    }
    void collect(const json& list, std::size_t axis, const std::string& place, tensor& result) const {
        if (!list.is_array() || list.size() != result.shape[axis])
            fail(concatenate("a list of ", result.shape[axis], " in ", place), json_excerpt(&list));
        for (const json& each : list) {
            if (axis + 1 < result.shape.size())
                collect(each, axis + 1, place, result);
            else if (each.is_number())
                result.numbers.push_back(each.get<float>());
            else
                fail(concatenate("numbers in ", place), json_excerpt(&each));
        }
    }

    void add(const json& layer, std::size_t index) {
        const std::string type = text_of(member(layer, "type"));
        const std::string name = concatenate("layers.", index);
        if (type == "dense" || type == "time-distributed-dense")
            add_dense(layer, name);
        else if (type == "conv1d")
            add_convolution(layer, name);
        else if (type == "conv2d")
            add_image_convolution(layer, name);
        else if (type == "gru" || type == "lstm")
            add_recurrent(layer, name, type);
        else if (type == "prelu")
            add_slopes(layer, name);
        else if (type == "batchnorm" || type == "batchnorm2d")
            add_norm(layer, name);
        else if (type != "activation") {
            graph_node node{type.empty() ? "nothing" : type, name};
            node.attributes = attributes_of(&layer);
            append(std::move(node));
        }
        if (type == "gru" || type == "lstm") // whose functions the player knows alone
            return;
        if (const std::string function = text_of(member(layer, "activation")); !function.empty()) {
            const bool is_known = function == "tanh" || function == "relu" || function == "sigmoid" ||
                                  function == "softmax" || function == "elu";
            append({is_known ? function : "activation " + function, name});
        }
    }

    void append(graph_node node) {
        node.sources = {graph_.nodes.size() - 1};
        graph_.nodes.push_back(std::move(node));
    }
    [[nodiscard]] tensor weight(const json& layer, std::size_t index, std::size_t rank,
                                const std::string& name) const {
        return read_array(element(member(layer, "weights"), index), rank,
                          concatenate("weights ", index, " of ", name));
    }

    /// What looks at one vector a step gets the channels of a step's features one behind another.
    void flatten_steps(const std::string& name) {
        if (rank_ != 3)
            return;
        graph_node node{"flatten", name};
        node.attributes["each_step"] = 1.0;
        append(std::move(node));
        rank_ = 2;
        features_ *= channels_;
    }

    void add_dense(const json& layer, const std::string& name) {
        flatten_steps(name);
        const json* const weights = member(layer, "weights");
        const bool has_bias = element(weights, 1) != nullptr;
        graph_node node{"dense", name};
        node.weights.emplace_back("kernel", weight(layer, 0, 2, name));
        features_ = node.weights.front().second.shape.back();
        node.attributes = {{"units", static_cast<double>(features_)}, {"bias", has_bias ? 1.0 : 0.0}};
        if (has_bias)
            node.weights.emplace_back("bias", weight(layer, 1, 1, name));
        append(std::move(node));
    }

    void add_convolution(const json& layer, const std::string& name) {
        flatten_steps(name);
        const std::size_t taps = count(layer, "kernel_size");
        const std::size_t dilation = count(layer, "dilation");
        const json* const groups = member(layer, "groups");
        graph_node node{"conv", name};
        node.weights.emplace_back("kernel", weight(layer, 0, 3, name));
        node.weights.emplace_back("bias", weight(layer, 1, 1, name));
        features_ = node.weights.front().second.shape.back();
        // The player keeps all steps; a model of whole windows says that fewer are left.
        const std::size_t left = stated_steps(member(layer, "shape"));
        const bool is_window = left != 0 && left < steps_;
        steps_ = left;
        node.attributes = {{"filters", static_cast<double>(features_)},
                           {"size", std::vector<double>{static_cast<double>(taps)}},
                           {"dilation", std::vector<double>{taps > 1 ? static_cast<double>(dilation) : 1.0}},
                           {"groups", groups == nullptr ? 1.0 : static_cast<double>(whole(groups, "groups"))},
                           {"padding", std::string(is_window || taps == 1 ? "valid" : "causal")},
                           {"bias", 1.0}};
        append(std::move(node));
    }

    /// Over time, in which it looks back, and features, along which it may be padded as Keras does.
    void add_image_convolution(const json& layer, const std::string& name) {
        const std::size_t times = count(layer, "kernel_size_time");
        const std::size_t size = count(layer, "kernel_size_feature");
        const std::size_t dilation = count(layer, "dilation");
        const std::size_t stride = count(layer, "strides");
        const std::size_t features = count(layer, "num_features_in");
        channels_ = count(layer, "num_filters_out");
        const bool is_padded = text_of(member(layer, "padding")) != "valid";
        const std::size_t results = is_padded         ? (features + stride - 1) / stride
                                    : features < size ? 0
                                                      : (features - size) / stride + 1;
        const std::size_t covered = results == 0 ? 0 : (results - 1) * stride + size;
        const std::size_t margin = covered > features ? covered - features : 0;
        features_ = results;
        graph_node node{"conv", name};
        node.weights.emplace_back("kernel", weight(layer, 0, 4, name));
        node.weights.emplace_back("bias", weight(layer, 1, 1, name));
        const auto list = [](std::size_t time, std::size_t feature) {
            return std::vector<double>{static_cast<double>(time), static_cast<double>(feature)};
        };
        node.attributes = {{"filters", static_cast<double>(channels_)},
                           {"size", list(times, size)},
                           {"stride", list(1, stride)},
                           {"dilation", list(dilation, 1)},
                           {"padding", std::string("explicit")},
                           {"begin", list((times - 1) * dilation, margin / 2)},
                           {"end", list(0, margin - margin / 2)},
                           {"bias", 1.0}};
        append(std::move(node));
    }

    /// Arrays in the order of Keras: gates i, f, c, o, or z, r, h with two rows of biases.
    void add_recurrent(const json& layer, const std::string& name, const std::string& type) {
        flatten_steps(name);
        graph_node node{type, name};
        node.weights.emplace_back("kernel", weight(layer, 0, 2, name));
        node.weights.emplace_back("recurrent_kernel", weight(layer, 1, 2, name));
        node.weights.emplace_back("bias", weight(layer, 2, type == "gru" ? 2 : 1, name));
        features_ = node.weights[1].second.shape.front();
        node.attributes = {{"units", static_cast<double>(features_)}};
        if (type == "gru")
            node.attributes["reset_after"] = 1.0;
        append(std::move(node));
    }

    /// A slope for each feature, or one for all.
    void add_slopes(const json& layer, const std::string& name) {
        const std::size_t channels = rank_ == 3 ? channels_ : features_;
        tensor slopes =
            read_array(element(element(member(layer, "weights"), 0), 0), 1, "weights 0 of " + name);
        if (slopes.numbers.size() == 1 && channels < (std::size_t{1} << 20))
            slopes.numbers.resize(channels, slopes.numbers.front());
        slopes.shape = {slopes.numbers.size()};
        if (slopes.numbers.size() != channels)
            fail(concatenate(channels, " slopes of ", name), concatenate(slopes.numbers.size()));
        graph_node node{"prelu", name};
        node.weights.emplace_back("alpha", std::move(slopes));
        append(std::move(node));
    }

    void add_norm(const json& layer, const std::string& name) {
        const json* const weights = member(layer, "weights");
        const std::size_t arrays = weights != nullptr && weights->is_array() ? weights->size() : 0;
        if (arrays != 2 && arrays != 4)
            fail("two or four arrays of weights of " + name, json_excerpt(weights));
        graph_node node{"batch_norm", name};
        const double is_affine = arrays == 4 ? 1.0 : 0.0;
        node.attributes = {{"epsilon", number_of(member(layer, "epsilon"), 1e-3)},
                           {"scale", is_affine},
                           {"center", is_affine}};
        std::size_t index = 0;
        if (arrays == 4) {
            node.weights.emplace_back("gamma", weight(layer, index++, 1, name));
            node.weights.emplace_back("beta", weight(layer, index++, 1, name));
        }
        node.weights.emplace_back("moving_mean", weight(layer, index, 1, name));
        node.weights.emplace_back("moving_variance", weight(layer, index + 1, 1, name));
        append(std::move(node));
    }

    model_graph& graph_;
    std::size_t rank_ = 1;
    std::size_t features_ = 0;
    std::size_t channels_ = 1; ///< of each feature, of rank 3
    std::size_t steps_ = 0;    ///< that the file says are left
};

inline model_graph read_rtneural(const std::filesystem::path& path, const json& document) {
    model_graph result{path.string(), "RTNeural"};
    rtneural_model(result).read(document);
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
