// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/named_parts.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The nodes that one call of a layer, or of a model within another one, makes: neighbours in a graph.
struct graph_part {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::vector<std::size_t> sources{}; ///< what it reads, in the layer's order
    std::vector<std::size_t> ends{};    ///< its results
};

/// Notes in the nodes with weights of a part that it is used again: `shared` is the name of what is one in
/// C++, `shared_use` a number for each use.
inline void share_part(model_graph& graph, const graph_part& part, const std::string& name) {
    std::size_t count = 0;
    for (std::size_t i = part.begin; i < part.end; ++i)
        count += std::size_t{!graph.nodes[i].weights.empty()};
    for (std::size_t i = part.begin; i < part.end; ++i) {
        graph_node& node = graph.nodes[i];
        if (node.weights.empty() || node.has("shared"))
            continue;
        node.attributes["shared"] = count == 1 ? name : name + "_" + std::to_string(i - part.begin);
        node.attributes["shared_use"] = static_cast<double>(part.begin);
    }
}

/// The numbers of all weights of a part.
inline std::size_t weights_of_part(const model_graph& graph, const graph_part& part) {
    std::size_t result = 0;
    for (std::size_t i = part.begin; i < part.end; ++i)
        for (const auto& [name, weight] : graph.nodes[i].weights)
            result += weight.numbers.size();
    return result;
}

/// Calls of models in models multiply, and each has its weights: whether there may be one more, of a graph
/// that repeats so many weights.
inline constexpr std::size_t most_repeated_layers = 3000;
inline constexpr std::size_t most_repeated_weights = std::size_t{1} << 28;
inline bool has_room(const model_graph& graph, const graph_part& part, std::size_t weights) {
    return graph.nodes.size() + part.end - part.begin <= most_repeated_layers &&
           weights <= most_repeated_weights;
}

/// Whether two calls of a part read as many values, and the same ones where the other does.
inline bool read_alike(const std::vector<std::size_t>& one, const std::vector<std::size_t>& other) {
    if (one.size() != other.size())
        return false;
    for (std::size_t i = 0; i < one.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if ((one[i] == one[j]) != (other[i] == other[j]))
                return false;
    return true;
}

/// Adds what another call of a part makes of other sources.
inline graph_part repeat_part(model_graph& graph, const graph_part& part,
                              const std::vector<std::size_t>& sources) {
    const std::size_t begin = graph.nodes.size();
    const auto moved = [&](std::size_t place) {
        if (place >= part.begin && place < part.end)
            return place - part.begin + begin;
        const auto found = std::find(part.sources.begin(), part.sources.end(), place);
        const auto index = static_cast<std::size_t>(found - part.sources.begin());
        return index < sources.size() ? sources[index] : place;
    };
    for (std::size_t i = part.begin; i < part.end; ++i) {
        graph_node node = graph.nodes[i];
        for (std::size_t& source : node.sources)
            source = moved(source);
        if (node.has("shared"))
            node.attributes["shared_use"] = static_cast<double>(begin);
        graph.nodes.push_back(std::move(node));
    }
    graph_part result{begin, graph.nodes.size(), sources, part.ends};
    for (std::size_t& end : result.ends)
        end = moved(end);
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
