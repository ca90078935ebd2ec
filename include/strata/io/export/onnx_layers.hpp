// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/export/network_entry.hpp>
#include <strata/io/export/onnx_network.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// Which values the outputs need: a mask that nobody reads is not computed.
inline std::vector<bool> needed_values(const network_entry& network) {
    const std::size_t inputs = network.inputs.size();
    std::vector<bool> result(inputs + network.nodes.size());
    for (const std::size_t each : network.outputs)
        result[each] = true;
    for (std::size_t node = network.nodes.size(); node-- > 0;)
        if (result[inputs + node])
            for (const std::size_t source : network.nodes[node]->sources)
                result[source] = true;
    return result;
}

inline std::string numbered(std::string_view name, std::size_t number) {
    return number == 0 ? std::string(name) : internal::concatenate(name, "_", number);
}

/// Writes the layers of a network into a graph.
inline void write_layers(onnx_network& graph, const network_entry& network, const onnx_arrays& arrays) {
    const std::size_t inputs = network.inputs.size();
    const std::vector<bool> needed = needed_values(network);
    std::vector<std::vector<onnx_value>> values;
    for (std::size_t i = 0; i < network.outputs.size(); ++i) // which a layer may be called as well
        graph.reserve(numbered("output", i));
    for (std::size_t i = 0; i < inputs; ++i) {
        // Whole numbers where nothing else reads the input.
        bool reads_tokens = false;
        bool reads_reals =
            std::find(network.outputs.begin(), network.outputs.end(), i) != network.outputs.end();
        for (std::size_t node = 0; node < network.nodes.size(); ++node)
            if (const auto& sources = network.nodes[node]->sources;
                needed[inputs + node] && std::find(sources.begin(), sources.end(), i) != sources.end())
                (network.nodes[node]->reads_tokens ? reads_tokens : reads_reals) = true;
        const bool is_whole = reads_tokens && !reads_reals;
        const std::string name = numbered("input", i);
        const extents& shape = network.inputs[i];
        graph.add_input({name, shape, is_whole ? onnx_number::whole : onnx_number::real});
        values.push_back({{name, shape, plain_axes(shape.size()), {}, {}, is_whole}});
    }
    for (std::size_t number = 0; number < network.nodes.size(); ++number) {
        const node_entry& node = *network.nodes[number];
        values.emplace_back();
        if (!needed[inputs + number])
            continue;
        graph.begin_layer(network.names[number]);
        onnx_layer layer{graph,      arrays, network.names[network.owners[number]],
                         node.label, {},     {node.shape.begin(), node.shape.end()}};
        if (node.is_part)
            layer.sources = values[node.sources.front()];
        else
            for (const std::size_t source : node.sources)
                layer.sources.push_back(values[source].front());
        node.write(layer);
        if (layer.results.size() == 1)
            graph.end_layer(layer.results.front());
        values.back() = std::move(layer.results);
    }
    if (graph.problem_count() > 0)
        internal::raise(std::invalid_argument(
            internal::concatenate("export_onnx: expected layers that ONNX has, found ", graph.problem_count(),
                                  " that it lacks:", graph.problems())));
    for (std::size_t i = 0; i < network.outputs.size(); ++i)
        graph.add_output(values[network.outputs[i]].front(), numbered("output", i));
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
