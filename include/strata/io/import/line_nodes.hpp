// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/clipped_lines.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A number added to each of the last axis, or one that each is multiplied with: the line of a batch
/// normalization without statistics.
inline graph_node channel_line(std::vector<float> numbers, bool is_factor) {
    const std::size_t size = numbers.size();
    graph_node made{"batch_norm", ""};
    made.attributes = {{"epsilon", 0.0},
                       {"scale", is_factor ? 1.0 : 0.0},
                       {"center", is_factor ? 0.0 : 1.0},
                       {"axis", std::vector<double>{-1}}};
    made.weights.emplace_back(is_factor ? "gamma" : "beta", tensor{{size}, std::move(numbers)});
    made.weights.emplace_back("moving_mean", tensor{{size}, std::vector<float>(size, 0)});
    made.weights.emplace_back("moving_variance", tensor{{size}, std::vector<float>(size, 1)});
    return made;
}

/// The node of scale x + offset, where x is node `number`, which becomes the one to read. One line behind
/// another is one line if it `joins` them, relu6(x + 3) / 6 a hard sigmoid; nothing for x itself.
template <class Builder>
std::optional<graph_node> line_node(Builder& graph, std::size_t& number, double scale, double offset,
                                    bool joins) {
    const graph_node& producer = graph.node(number);
    if (producer.kind == "rescaling" && joins) {
        offset += scale * producer.list("offset").front();
        scale *= producer.list("scale").front();
        number = producer.sources.front();
    } else if (is_clipped_at_six(producer) && std::abs(scale - 1.0 / 6) < 1e-6 && offset == 0 &&
               is_line(graph.node(producer.sources.front()), 1, 3)) {
        number = graph.node(producer.sources.front()).sources.front();
        graph_node made{"hard_sigmoid", ""};
        made.attributes = {{"slope", 1.0 / 6}, {"offset", 0.5}};
        return made;
    }
    if (std::abs(scale - 1) < 1e-7 && offset == 0)
        return std::nullopt;
    graph_node made{"rescaling", ""};
    made.attributes = {{"scale", std::vector<double>{scale}}, {"offset", std::vector<double>{offset}}};
    return made;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
