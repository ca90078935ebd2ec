// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/model/model.hpp>
#include <strata/setting.hpp>

#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What the layers of one stage made of a sample.
template <class T>
struct layer_output {
    std::string name; ///< "conv<64, 3> | batch_norm | relu": what prediction fuses into one stage
    std::vector<std::size_t> shape; ///< of the last of these layers
    rows_view<const T> rows;        ///< one for each place, its numbers are the last axis
    std::size_t row_count;
    std::size_t row_length;
};

namespace internal {
template <class T, class Topology>
auto describe_outputs() {
    using wires = prediction_wiring<Topology>;
    std::vector<layer_output<T>> result(wires::count);
    std::size_t node = 0;
    for_each_type(typename Topology::nodes{}, [&]<class Node>(std::type_identity<Node>) {
        const std::size_t stage = wires::marks.stage_of[node++];
        if (stage == none)
            return;
        auto& entry = result[stage];
        if (!entry.name.empty())
            append(entry.name, " | ");
        append(entry.name, Node::layer::label.view());
        using shape = typename Node::output;
        entry.shape.assign(shape::extents.begin(), shape::extents.end());
        entry.row_length = shape::last;
        entry.row_count = shape::size / shape::last;
    });
    return result;
}
} // namespace internal

/// Predicts one sample and calls visit(layer_output) for each stage as soon as its output is there; later
/// stages use the memory again. A stage that only copies what another made to an output is not visited. For
/// networks with one input.
template <class Model, class Visit>
void visit_layer_outputs(const Model& net,
                         std::span<const typename Model::value_type, Model::input_size> sample,
                         const Visit& visit) {
    using T = typename Model::value_type;
    using topology = typename Model::topology;
    using network = prediction_pass<topology, T>;
    static_assert(Model::input_count == 1, "strata: layer outputs are of networks with one input");
    auto outputs = internal::describe_outputs<T, topology>();
    std::array<aligned_vector<T>, Model::output_count> results;
    std::array<T*, Model::output_count> pointers{};
    for (std::size_t i = 0; i < results.size(); ++i) {
        results[i].resize(Model::output_sizes[i]);
        pointers[i] = results[i].data();
    }
    aligned_vector<T> memory(network::memory_size(1));
    network::run(net.parameter_block().data(), {sample.data()}, pointers, 1, memory.data(), team{},
                 [&](std::size_t number, rows_view<const T> rows) {
                     layer_output<T>& entry = outputs[number];
                     if (entry.name.empty())
                         return;
                     // Rows that follow each other are those of the last layer, whatever the stage calls a
                     // row.
                     const bool lies_apart = network::wires::lies_apart(number);
                     entry.rows = {rows.data, lies_apart ? rows.pitch : entry.row_length};
                     visit(static_cast<const layer_output<T>&>(entry));
                 });
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::layer_output;
using bedrock::visit_layer_outputs;
} // namespace strata
