// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/source/flow.hpp>
#include <strata/source/fragment_pieces.hpp>
#include <strata/topology/print.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// Whether a layer says its text, or has none, as what comes along with another.
template <class Layer>
inline constexpr bool is_written = Layer::is_mask || spelled_layer<Layer>;

/// Whether all layers of a topology do.
template <class Topology>
inline constexpr bool is_spelled = false;
template <class Inputs, class Ends, class... Nodes>
inline constexpr bool is_spelled<topology<Inputs, Ends, Nodes...>> = [] {
    // A list, since compilers limit how deep a fold nests.
    const bool written[] = {true, is_written<typename Nodes::layer>...};
    return std::ranges::all_of(written, [](bool each) { return each; });
}();

/// Collects the layers of a topology that a program writes.
class flow_collector {
public:
    template <class First, class... Rest, class... Ends, class... Nodes>
    explicit flow_collector(topology<type_list<First, Rest...>, type_list<Ends...>, Nodes...>,
                            bool joins_shared_parts = true) {
        constexpr std::size_t inputs = 1 + sizeof...(Rest);
        for (std::size_t i = 0; i < inputs; ++i)
            flow.inputs.push_back(i);
        masks_.resize(inputs + sizeof...(Nodes));
        next_ = inputs;
        for_each_type(type_list<Nodes...>{}, [&]<class Node>(std::type_identity<Node>) { add<Node>(); });
        flow.outputs = {Ends::value...};
        if (joins_shared_parts)
            join_shared();
    }

    source_flow flow;

private:
    std::vector<char> masks_; // of values
    std::size_t next_ = 0;    // the value that the next node makes
    std::size_t results_ = 0; // nodes that are still to come for the results of one layer
    std::vector<shared_spot> spots_;

    // The extents of a layer's first value.
    template <class Shape>
    static source_flow::values extents_of(Shape) {
        return {Shape::extents.begin(), Shape::extents.end()};
    }
    template <class First, class... Rest>
    static source_flow::values extents_of(type_list<First, Rest...>) {
        return extents_of(First{});
    }

    template <class Node>
    void add() {
        using layer = typename Node::layer;
        const std::size_t value = next_++;
        if (results_ > 0) {
            --results_;
            flow.nodes.back().results.push_back(value);
        } else if constexpr (layer::is_mask)
            masks_[value] = 1;
        else {
            source_flow::node node;
            shared_spot spot;
            node.piece = layer_piece<layer>(spot);
            node.value = value;
            node.input = extents_of(typename Node::input{});
            node.output = extents_of(typename Node::output{});
            if constexpr (!std::is_void_v<typename layer::shared_as>)
                node.shared = concatenate(layer::shared_as::name.view(), " ", layer::shared_as::number);
            node.closes_bypass = std::is_same_v<layer, residual_layer>;
            for (const std::size_t source : source_numbers<typename Node::sources>::values)
                if (!masks_[source])
                    node.sources.push_back(source);
            if (layer::output_count > 1)
                results_ = layer::output_count;
            else
                node.results.push_back(value);
            flow.nodes.push_back(std::move(node));
            spots_.push_back(spot);
        }
    }

    // Makes one node of each use of a shared part, of the outermost where parts stand in each other.
    void join_shared() {
        struct span {
            std::size_t begin;
            std::size_t end;
            topology_piece piece;
        };
        std::vector<span> spans;
        for (std::size_t i = 0; i < flow.nodes.size(); ++i)
            if (spots_[i].is_shared && spots_[i].number == 0) {
                topology_piece piece = spots_[i].part();
                const auto& wrappers = flow.nodes[i].piece.wrappers;
                piece.wrappers.assign(wrappers.begin(), wrappers.begin() + static_cast<std::ptrdiff_t>(
                                                                               spots_[i].outer_wrappers));
                const std::size_t begin = i - std::min(i, piece.first_shared);
                spans.push_back({begin, std::min(begin + piece.layers, flow.nodes.size()), std::move(piece)});
            }
        std::sort(spans.begin(), spans.end(), [](const span& one, const span& other) {
            return std::pair{other.end - other.begin, one.begin} <
                   std::pair{one.end - one.begin, other.begin};
        });
        std::vector<const span*> chosen;
        for (const span& each : spans)
            if (std::none_of(chosen.begin(), chosen.end(), [&](const span* larger) {
                    return each.begin < larger->end && larger->begin < each.end;
                }))
                chosen.push_back(&each);
        std::sort(chosen.begin(), chosen.end(),
                  [](const span* one, const span* other) { return one->begin < other->begin; });
        std::vector<source_flow::node> nodes;
        std::size_t i = 0;
        for (const span* each : chosen) {
            std::move(flow.nodes.begin() + static_cast<std::ptrdiff_t>(i),
                      flow.nodes.begin() + static_cast<std::ptrdiff_t>(each->begin),
                      std::back_inserter(nodes));
            nodes.push_back(joined(each->begin, each->end, each->piece));
            i = each->end;
        }
        std::move(flow.nodes.begin() + static_cast<std::ptrdiff_t>(i), flow.nodes.end(),
                  std::back_inserter(nodes));
        flow.nodes = std::move(nodes);
    }

    static bool has(const source_flow::values& list, std::size_t value) {
        return std::find(list.begin(), list.end(), value) != list.end();
    }
    // What a part reads from outside, and what is read of it, or by nobody.
    source_flow::node joined(std::size_t begin, std::size_t end, const topology_piece& piece) const {
        source_flow::node result;
        result.piece = piece;
        source_flow::values own, read;
        for (std::size_t i = begin; i < end; ++i) {
            for (const std::size_t source : flow.nodes[i].sources) {
                if (!has(own, source) && !has(result.sources, source))
                    result.sources.push_back(source);
                read.push_back(source);
            }
            own.insert(own.end(), flow.nodes[i].results.begin(), flow.nodes[i].results.end());
        }
        source_flow::values outside = flow.outputs;
        for (std::size_t i = end; i < flow.nodes.size(); ++i)
            outside.insert(outside.end(), flow.nodes[i].sources.begin(), flow.nodes[i].sources.end());
        for (const std::size_t value : own)
            if (!has(read, value) || has(outside, value))
                result.results.push_back(value);
        return result;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::detail
