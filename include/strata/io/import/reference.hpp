// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/io/import/graph.hpp>
#include <strata/io/import/masks.hpp>
#include <strata/io/import/reference_cells.hpp>
#include <strata/io/import/reference_layers.hpp>
#include <strata/io/import/reference_values.hpp>
#include <strata/io/import/sample_shapes.hpp>
#include <strata/io/import/shapes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The mask of what several values become: the steps that count in one of them, where all have a mask. Those
/// of sequences one behind another are joined, and all steps count of one without a mask.
inline std::vector<bool> joint_mask(const graph_node& node, const std::vector<std::vector<bool>>& masks,
                                    const std::vector<const extents*>& shapes) {
    std::vector<bool> result;
    std::size_t masked = 0;
    for (std::size_t i = 0; i < node.sources.size(); ++i) {
        const std::vector<bool>& each = masks[node.sources[i]];
        masked += each.empty() ? 0 : 1;
        if (joins_steps(node) && each.empty())
            result.insert(result.end(), shapes[i]->front(), true);
        else if (joins_steps(node))
            result.insert(result.end(), each.begin(), each.end());
        else {
            result.resize(each.size());
            for (std::size_t step = 0; step < each.size(); ++step)
                result[step] = result[step] || each[step];
        }
    }
    const bool has_mask = joins_steps(node) ? masked > 0 : masked == node.sources.size();
    return has_mask ? result : std::vector<bool>{};
}
/// What a complete graph gives for one sample, node by node, in double and by plain loops, straight from the
/// definitions: nothing of it is code that a network runs.
inline std::vector<reference_numbers> reference_pass(const model_graph& graph,
                                                     const std::vector<reference_numbers>& inputs) {
    std::vector<reference_numbers> values(graph.nodes.size());
    std::vector<std::vector<bool>> masks(graph.nodes.size()); // a truth for each step; none where all count
    std::vector<std::vector<reference_numbers>> states(graph.nodes.size()); // of recurrent layers
    for (std::size_t i = 0; i < graph.inputs.size(); ++i)
        values[graph.inputs[i]] = inputs[i];
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const graph_node& node = graph.nodes[i];
        if (node.sources.empty())
            continue;
        const std::size_t first = node.sources.front();
        const extents& shape = graph.nodes[first].shape;
        std::vector<const reference_numbers*> sources;
        std::vector<const extents*> source_shapes;
        for (const std::size_t source : node.sources) {
            sources.push_back(&values[source]);
            source_shapes.push_back(&graph.nodes[source].shape);
        }
        if (has_any_kind(node, {"lstm", "gru", "simple_rnn"})) {
            states[i] = recur_once(node, sources, shape.front(), masks[first]);
            values[i] = states[i].front();
        } else if (node.kind == "bidirectional")
            values[i] = recur_twice(node, values[first], shape.front(), masks[first]);
        else if (node.kind == "result")
            values[i] = states[first][node.count("index")];
        else
            values[i] = compute_layer(node, sources, source_shapes);
        const bool is_recurrent = has_any_kind(node, {"lstm", "gru", "simple_rnn", "bidirectional"});
        if ((is_recurrent && node.number("last_step") == 0) ||
            (node.kind == "result" && node.number("index") == 0))
            masks[i] = masks[first];
        if (keeps_shape(node) || node.kind == "dense")
            masks[i] = masks[first];
        if (is_merge(node) || node.kind == "concat")
            masks[i] = joint_mask(node, masks, source_shapes);
        if (node.kind == "embedding" && node.number("mask_zero") != 0)
            for (const double token : values[first])
                masks[i].push_back(token != 0);
        if (node.kind == "masking")
            masks[i] = mask_steps(node, values[i], shape.back());
        if (node.kind == "global_average_pool" && !masks[first].empty())
            values[i] = masked_mean(values[first], masks[first], shape.back());
    }
    return values;
}

/// What a complete graph gives for some samples, [samples, ...] each. data_error for samples of other shapes
/// than its inputs have, and for tokens that an embedding has no row of.
inline std::vector<tensor> reference_results(const model_graph& graph, const std::vector<tensor>& inputs) {
    std::vector<tensor> results(graph.outputs.size());
    const std::size_t samples = count_samples(inputs);
    check_sample_shapes(graph, inputs, graph.inputs, "inputs", samples);
    for (std::size_t sample = 0; sample < samples; ++sample) {
        std::vector<reference_numbers> one;
        for (const tensor& input : inputs) {
            const auto size = static_cast<std::ptrdiff_t>(input.numbers.size() / samples);
            const auto begin = input.numbers.begin() + static_cast<std::ptrdiff_t>(sample) * size;
            one.emplace_back(begin, begin + size);
        }
        const auto values = reference_pass(graph, one);
        for (std::size_t i = 0; i < results.size(); ++i)
            for (const double number : values[graph.outputs[i]])
                results[i].numbers.push_back(static_cast<float>(number));
    }
    for (std::size_t i = 0; i < results.size(); ++i) {
        results[i].shape = graph.nodes[graph.outputs[i]].shape;
        results[i].shape.insert(results[i].shape.begin(), samples);
    }
    return results;
}

/// Inputs that nobody measured, the same each time: numbers in [-1, 1], and tokens for embeddings.
inline std::vector<tensor> make_samples(const model_graph& graph, std::size_t samples) {
    std::vector<tensor> result;
    std::uint64_t state = 1;
    const auto next = [&] { // Knuth's linear congruence, whose high bits are good enough
        state = state * 6364136223846793005u + 1442695040888963407u;
        return static_cast<double>(state >> 11) * 0x1p-53;
    };
    for (const std::size_t input : graph.inputs) {
        std::size_t vocabulary = 0;
        for (const graph_node& node : graph.nodes)
            if (node.kind == "embedding" && node.sources.front() == input)
                vocabulary = vocabulary == 0 ? node.count("vocabulary")
                                             : std::min(vocabulary, node.count("vocabulary"));
        tensor made{graph.nodes[input].shape, {}};
        made.shape.insert(made.shape.begin(), samples);
        for (std::size_t i = *size_of(made.shape); i > 0; --i)
            made.numbers.push_back(vocabulary > 0 ? static_cast<float>(static_cast<std::size_t>(
                                                        next() * static_cast<double>(vocabulary)))
                                                  : static_cast<float>(2 * next() - 1));
        result.push_back(std::move(made));
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports

namespace strata {
using model_tensor = bedrock::imports::tensor;
using bedrock::imports::make_samples;
using bedrock::imports::reference_results;
} // namespace strata

STRATA_HEADER_END
