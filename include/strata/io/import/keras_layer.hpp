// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/io/import/json.hpp>
#include <strata/io/import/weight_source.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// One layer of a Keras model as its configuration has it.
struct keras_layer {
    std::string class_name;
    std::string name;
    const json* config = nullptr;
    std::size_t generation = 2;    ///< Keras's major version, which decides what some words mean
    std::size_t axes = 0;          ///< spatial ones, 2 of Conv2D; 0 of classes that do not say
    std::size_t values = 1;        ///< that it reads
    const json* options = nullptr; ///< arguments of its call beside the values, by name

    [[nodiscard]] const json* operator[](const char* key) const { return member(config, key); }
    [[nodiscard]] bool truth(const char* key, bool fallback) const {
        return truth_of(member(config, key), fallback);
    }
    [[nodiscard]] double number(const char* key, double fallback) const {
        return number_of(member(config, key), fallback);
    }
    [[nodiscard]] std::string text(const char* key, std::string_view fallback = {}) const {
        return text_of(member(config, key), fallback);
    }
};

/// "ConvNDTranspose" and 2 of "Conv2DTranspose"; a name that says no axes, and 0.
inline std::pair<std::string, std::size_t> split_axes(std::string name) {
    for (std::size_t place = 1; place + 1 < name.size(); ++place)
        if (name[place] >= '1' && name[place] <= '3' && name[place + 1] == 'D') {
            const auto axes = static_cast<std::size_t>(name[place] - '0');
            name[place] = 'N';
            return {std::move(name), axes};
        }
    return {std::move(name), 0};
}

/// What a node of a translation reads: a value that its layer is given, or what another of the nodes makes.
struct translated_source {
    bool is_given;
    std::size_t number;
};

/// A layer in strata's words: nodes, in a row unless `reads` says otherwise, and the arrays that each of them
/// wants. The first one reads what the layer reads.
struct translation {
    std::vector<graph_node> nodes;
    std::vector<std::vector<weight_request>> wanted;
    std::vector<std::string> warnings{};
    std::map<std::size_t, std::vector<translated_source>> reads{}; ///< of nodes that are not in a row
    std::vector<std::size_t> results{};                            ///< nodes; the last one alone without
    void (*settle)(graph_node&) = nullptr; ///< what is done with each node when it has its weights

    /// The last node's number.
    [[nodiscard]] std::size_t last() const { return nodes.size() - 1; }
    void read(std::vector<translated_source> sources) { reads[last()] = std::move(sources); }

    /// What a node reads, of a graph that has so many others before.
    [[nodiscard]] std::vector<std::size_t> sources_of(std::size_t node, std::size_t begin,
                                                      const std::vector<std::size_t>& given) const {
        const auto found = reads.find(node);
        if (found == reads.end())
            return node == 0 ? given : std::vector<std::size_t>{begin + node - 1};
        std::vector<std::size_t> result;
        for (const translated_source& each : found->second)
            result.push_back(each.is_given ? given[each.number] : begin + each.number);
        return result;
    }

    graph_node& add(std::string kind, const std::string& name) {
        nodes.push_back({std::move(kind), name});
        wanted.emplace_back();
        return nodes.back();
    }
    /// An array of the last node, which is its next in a part of the layer.
    void want(const std::string& parameter, std::vector<std::string> names, const std::string& part = {},
              std::size_t index = none) {
        std::size_t number = 0;
        for (const auto& all : wanted)
            for (const weight_request& each : all)
                number += std::size_t{each.part == part};
        wanted.back().push_back({parameter, std::move(names), part, index == none ? number : index});
    }
    /// A permutation in front of all nodes (`place` 0) or behind them, which moves as far as it can.
    void add_permutation(std::size_t place, std::vector<double> order, const std::string& name) {
        graph_node node{"permute", name};
        node.attributes = {{"order", std::move(order)}, {"movable", 1.0}};
        nodes.insert(nodes.begin() + static_cast<std::ptrdiff_t>(place), std::move(node));
        wanted.insert(wanted.begin() + static_cast<std::ptrdiff_t>(place), {{}});
    }
    void want(const std::string& parameter) { want(parameter, {parameter}); }

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
};

/// A class of Keras, "ConvND" for all of Conv1D, Conv2D and Conv3D, and what its layers are in strata.
struct keras_entry {
    std::string_view class_name;
    void (*translate)(translation& layers, const keras_layer& layer);
};

/// A list of axes, of which the last one alone is the preset.
inline std::vector<double> axes_of(const keras_layer& layer) {
    std::vector<double> axis = numbers_of(layer["axis"]);
    return axis.empty() ? std::vector<double>{-1} : axis;
}

/// 1 for true, as attributes have it.
inline double flag(bool is_true) { return is_true ? 1.0 : 0.0; }

} // namespace strata::bedrock::inline STRATA_SETTING::imports
