// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/source/piece.hpp>
#include <strata/source/piece_text.hpp>
#include <strata/source/spelling.hpp>
#include <strata/topology/bidirectional.hpp>
#include <strata/topology/branch.hpp>
#include <strata/topology/expansion.hpp>
#include <strata/topology/frozen.hpp>
#include <strata/topology/masks.hpp>
#include <strata/topology/named.hpp>
#include <strata/topology/shared_weights.hpp>
#include <strata/topology/time_distributed.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// Where a layer of a shared part stands: how many wrappers are around the part, and what the part is.
struct shared_spot {
    bool is_shared = false;
    std::size_t outer_wrappers = 0;
    std::size_t number = 0;
    topology_piece (*part)() = nullptr;
};

inline piece_wrapper named_wrapper(std::string_view name) {
    return {concatenate("named<", quoted(name), ">(")};
}
inline piece_wrapper frozen_wrapper() { return {"frozen_weights("}; }

// What a wrapper of fragments is.
template <text Name>
piece_wrapper wrapper_of(naming<Name>) {
    return named_wrapper(Name.view());
}
inline piece_wrapper wrapper_of(freezing) { return frozen_wrapper(); }

template <text Name, class Fragment>
topology_piece shared_piece();

// A layer's text, and what it stands in, from the outside to the inside. Masks are nothing that a program
// writes.
template <class Layer>
void read_layer(std::type_identity<Layer>, topology_piece& piece, shared_spot&) {
    piece.text = Layer::spelling(speller{});
}
template <class Layer>
void read_layer(std::type_identity<masked_layer<Layer>>, topology_piece& piece, shared_spot& spot);
template <class Layer, bool Queries, std::size_t Keys>
void read_layer(std::type_identity<masked_attention_layer<Layer, Queries, Keys>>, topology_piece& piece,
                shared_spot& spot);
template <text Name, class Layer>
void read_layer(std::type_identity<named_layer<Name, Layer>>, topology_piece& piece, shared_spot& spot);
template <class Layer>
void read_layer(std::type_identity<frozen_layer<Layer>>, topology_piece& piece, shared_spot& spot);
template <class Layer>
void read_layer(std::type_identity<distributed_layer<Layer>>, topology_piece& piece, shared_spot& spot);
template <class Layer>
void read_layer(std::type_identity<distributed_layer_that_freezes<Layer>>, topology_piece& piece,
                shared_spot& spot);
template <class Layer>
void read_layer(std::type_identity<mirrored_layer<Layer>>, topology_piece& piece, shared_spot& spot);
template <class Layer>
void read_layer(std::type_identity<unmirrored_layer<Layer>>, topology_piece& piece, shared_spot& spot);
template <text Name, std::size_t Number, class Part, class Layer>
void read_layer(std::type_identity<shared_layer<Name, Number, Part, Layer>>, topology_piece& piece,
                shared_spot& spot);

template <class Layer>
void read_wrapped(piece_wrapper wrapper, topology_piece& piece, shared_spot& spot) {
    piece.wrappers.push_back(std::move(wrapper));
    read_layer(std::type_identity<Layer>{}, piece, spot);
}

template <class Layer>
void read_layer(std::type_identity<masked_layer<Layer>>, topology_piece& piece, shared_spot& spot) {
    read_layer(std::type_identity<Layer>{}, piece, spot);
}
template <class Layer, bool Queries, std::size_t Keys>
void read_layer(std::type_identity<masked_attention_layer<Layer, Queries, Keys>>, topology_piece& piece,
                shared_spot& spot) {
    read_layer(std::type_identity<Layer>{}, piece, spot);
}
template <text Name, class Layer>
void read_layer(std::type_identity<named_layer<Name, Layer>>, topology_piece& piece, shared_spot& spot) {
    read_wrapped<Layer>(named_wrapper(Name.view()), piece, spot);
}
template <class Layer>
void read_layer(std::type_identity<frozen_layer<Layer>>, topology_piece& piece, shared_spot& spot) {
    read_wrapped<Layer>(frozen_wrapper(), piece, spot);
}
template <class Layer>
void read_layer(std::type_identity<distributed_layer<Layer>>, topology_piece& piece, shared_spot& spot) {
    read_wrapped<Layer>({"time_distributed(", true}, piece, spot);
}
template <class Layer>
void read_layer(std::type_identity<distributed_layer_that_freezes<Layer>>, topology_piece& piece,
                shared_spot& spot) {
    read_wrapped<Layer>({"time_distributed(", true}, piece, spot);
}
template <class Layer>
void read_layer(std::type_identity<mirrored_layer<Layer>>, topology_piece& piece, shared_spot& spot) {
    read_wrapped<Layer>({mirrored_text}, piece, spot);
}
template <class Layer>
void read_layer(std::type_identity<unmirrored_layer<Layer>>, topology_piece& piece, shared_spot& spot) {
    read_wrapped<Layer>({unmirrored_text}, piece, spot);
}
template <text Name, std::size_t Number, class Part, class Layer>
void read_layer(std::type_identity<shared_layer<Name, Number, Part, Layer>>, topology_piece& piece,
                shared_spot& spot) {
    if (!spot.is_shared)
        spot = {true, piece.wrappers.size(), Number, &shared_piece<Name, Part>};
    read_layer(std::type_identity<Layer>{}, piece, spot);
}

template <class Layer>
topology_piece layer_piece(shared_spot& spot) {
    topology_piece result;
    result.is = topology_piece::kind::layer;
    result.has_parameters = result.is_counted = may_have_parameters<Layer>;
    read_layer(std::type_identity<Layer>{}, result, spot);
    return result;
}

// What stands in a fragment, as it is.
template <class... Layers>
topology_piece piece_of(fragment<Layers...>);
template <layer Layer>
topology_piece piece_of(Layer) {
    shared_spot spot;
    return layer_piece<Layer>(spot);
}
template <std::size_t Index>
topology_piece piece_of(picked<Index>) {
    return topology_piece::chosen(Index);
}
template <class... Fragments>
topology_piece piece_of(fork<Fragments...>) {
    return topology_piece::made(topology_piece::kind::fork, {piece_of(Fragments{})...});
}
template <class... Fragments>
topology_piece piece_of(fork_of_all<Fragments...>) {
    return topology_piece::made(topology_piece::kind::fork_of_all, {piece_of(Fragments{})...});
}
template <class Body, class Projection>
topology_piece piece_of(bypass<Body, Projection>) {
    return topology_piece::made(topology_piece::kind::bypass, {piece_of(Body{}), piece_of(Projection{})});
}
template <std::size_t Times, class Fragment>
topology_piece piece_of(repeated<Times, Fragment>) {
    topology_piece result = topology_piece::made(topology_piece::kind::repetition, {piece_of(Fragment{})});
    result.times = Times;
    return result;
}
template <class... Wrappers>
topology_piece wrapped_piece(topology_piece piece) {
    (piece.wrappers.insert(piece.wrappers.begin(), wrapper_of(Wrappers{})), ...);
    return piece;
}
template <class Rule, class... Wrappers>
topology_piece piece_of(expanded<Rule, Wrappers...>) {
    topology_piece result;
    result.is = topology_piece::kind::layer;
    result.text = Rule::spelling(speller{});
    result.layers = Rule::layer_count;
    return wrapped_piece<Wrappers...>(result);
}
template <text Name, class Fragment, class... Wrappers>
topology_piece piece_of(sharing<Name, Fragment, Wrappers...>) {
    return wrapped_piece<Wrappers...>(shared_piece<Name, Fragment>());
}
template <class... Layers>
topology_piece piece_of(fragment<Layers...>) {
    return topology_piece::made(topology_piece::kind::sequence, {piece_of(Layers{})...});
}

// How many layers a piece has, and which is the first whose weights a shared part around the piece shares.
struct layer_numbers {
    std::size_t count = 0;
    std::size_t first = static_cast<std::size_t>(-1);
};
inline void count_layers(layer_numbers& numbers, const topology_piece& piece) {
    if (piece.is == topology_piece::kind::layer) {
        if (piece.is_counted && numbers.first > numbers.count)
            numbers.first = numbers.count;
        numbers.count += piece.layers;
        return;
    }
    for (std::size_t i = 0; i < piece.times; ++i)
        for (const topology_piece& each : piece.parts)
            count_layers(numbers, each);
    if (piece.is == topology_piece::kind::bypass) // its sum, too, has weights as far as parts are concerned
        numbers.first = std::min(numbers.first, numbers.count++);
}

template <text Name, class Fragment>
topology_piece shared_piece() {
    topology_piece result;
    result.is = topology_piece::kind::layer;
    const topology_piece part = piece_of(Fragment{});
    result.text =
        concatenate("shared_weights<", quoted(Name.view()), ">(", piece_writer(true).argument({part}), ")");
    layer_numbers numbers;
    count_layers(numbers, part);
    result.layers = numbers.count;
    result.is_counted = false;
    result.first_shared = numbers.first;
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::detail
