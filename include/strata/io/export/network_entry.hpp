// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_nodes.hpp>
#include <strata/plan/names.hpp>
#include <strata/setting.hpp>
#include <strata/topology/print.hpp>
#include <strata/topology/shared_nodes.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// An array of a layer: its name without the layer's, and its shape.
struct array_entry {
    std::string_view name;
    std::span<const std::size_t> shape;
};

/// One node, but for the types: what it reads, its arrays, and what writes it.
struct node_entry {
    std::string_view label;
    std::span<const std::size_t> sources;
    std::span<const std::size_t> shape;
    std::vector<array_entry> (*arrays)();
    void (*write)(onnx_layer&);
    bool reads_tokens; ///< its first value is whole numbers
    bool is_part;      ///< one of several values that the node before it makes
};

template <class Node>
std::vector<array_entry> arrays_in() {
    std::vector<array_entry> result;
    for_each_parameter<head_of_node<Node>>([&]<class Parameter>(std::type_identity<Parameter>) {
        result.push_back({Parameter::name.view(), Parameter::shape::extents});
    });
    return result;
}

// Whether a layer, or what it derives from as those of shared parts do, is one of several values.
constexpr bool is_output_part(...) { return false; }
template <std::size_t Number, std::size_t Begin, class Shape>
constexpr bool is_output_part(const slice_layer<Number, Begin, Shape>*) {
    return true;
}

template <class Node>
inline constexpr node_entry entry_of{Node::layer::label.view(),
                                     detail::source_numbers<typename Node::sources>::values,
                                     Node::output::extents,
                                     &arrays_in<Node>,
                                     &write_node<Node>,
                                     Node::layer::reads_tokens ||
                                         std::is_base_of_v<token_mask_layer, typename Node::layer>,
                                     is_output_part(static_cast<const typename Node::layer*>(nullptr))};

/// A network, but for its types.
struct network_entry {
    std::vector<extents> inputs;
    std::vector<std::size_t> outputs; ///< numbers of values
    std::vector<const node_entry*> nodes;
    std::vector<std::string> names;  ///< of the nodes
    std::vector<std::size_t> owners; ///< the first node with a node's arrays
};
template <class... Inputs, class... Ends, class... Nodes>
network_entry entries_of(topology<type_list<Inputs...>, type_list<Ends...>, Nodes...>) {
    using names = detail::network_names<topology<type_list<Inputs...>, type_list<Ends...>, Nodes...>>;
    network_entry result{{extents_of(Inputs{})...}, {Ends::value...}, {&entry_of<Nodes>...}, {}, {}};
    for (const layer_name& each : names::layers()) {
        result.owners.push_back(names::first(result.names.size()));
        result.names.push_back(each.string());
    }
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
