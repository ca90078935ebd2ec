// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_layer.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

// A mask is a value of its own: a one for each step that counts, a zero for a masked one.

inline std::string as_reals(onnx_network& graph, const std::string& value) {
    return graph.add("Cast", {value}, {{"to", static_cast<std::int64_t>(onnx_number::real)}});
}

/// Ones where the tokens, or any of a step's numbers, are another number than `masked`.
inline void write_step_mask(onnx_layer& layer, double masked) {
    onnx_network& graph = layer.graph;
    const onnx_value value = graph.arrange_plain(layer.source());
    const std::string number =
        value.is_whole ? graph.constant(wholes{static_cast<std::int64_t>(masked)}) : graph.constant(masked);
    std::string mask = as_reals(graph, graph.add("Not", {graph.add("Equal", {value.name, number})}));
    if (value.rank() > layer.output.size())
        mask = graph.add("ReduceMax", {mask}, {{"axes", wholes{-1}}, {"keepdims", std::int64_t{0}}});
    layer.make_plain(mask);
}
/// Steps that count in one of several masks.
inline void write_mask_union(onnx_layer& layer) {
    std::vector<std::string> masks;
    for (const onnx_value& each : layer.sources)
        masks.push_back(each.name);
    layer.make_plain(layer.graph.add("Max", masks));
}
/// Masks of values one behind the other, ones for those without.
inline void write_mask_join(onnx_layer& layer, const std::vector<std::size_t>& steps,
                            const std::vector<bool>& are_masked) {
    onnx_network& graph = layer.graph;
    std::vector<std::string> parts;
    std::size_t next = 0;
    for (std::size_t i = 0; i < steps.size(); ++i)
        if (are_masked[i])
            parts.push_back(layer.sources[next++].name);
        else {
            // As many samples as another mask has.
            const std::string one =
                graph.add("Slice", {layer.source().name, graph.constant(wholes{0}), graph.constant(wholes{1}),
                                    graph.constant(wholes{1})});
            const std::string ones = graph.add("Max", {one, graph.constant(1.0)});
            parts.push_back(
                graph.add("Tile", {ones, graph.constant(wholes{1, static_cast<std::int64_t>(steps[i])})}));
        }
    layer.make_plain(graph.add("Concat", parts, {{"axis", std::int64_t{1}}}));
}
/// A value, and zeros where its mask has zeros, whatever stands there.
inline void write_hiding(onnx_layer& layer) {
    onnx_network& graph = layer.graph;
    const onnx_value value = graph.arrange_plain(layer.source());
    const std::string mask =
        graph.add("Cast", {graph.add("Unsqueeze", {layer.sources[1].name, graph.constant(wholes{-1})})},
                  {{"to", static_cast<std::int64_t>(onnx_number::truth)}});
    layer.make_plain(graph.add("Where", {mask, value.name, graph.constant(0.0)}));
}
/// The mean of the steps that count, zero where there are none.
inline void write_masked_mean(onnx_layer& layer) {
    onnx_network& graph = layer.graph;
    const std::string x = graph.arrange_plain(layer.source()).name;
    const std::string mask = graph.add("Unsqueeze", {layer.sources[1].name, graph.constant(wholes{2})});
    const onnx_attributes dropped{{"keepdims", std::int64_t{0}}};
    const std::string steps = graph.constant(wholes{1});
    const std::string sum = graph.add("ReduceSum", {graph.add("Mul", {x, mask}), steps}, dropped);
    const std::string count =
        graph.add("Max", {graph.add("ReduceSum", {mask, steps}, dropped), graph.constant(1.0)});
    layer.make_plain(graph.add("Div", {sum, count}));
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
