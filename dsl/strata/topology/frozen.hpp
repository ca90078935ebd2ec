// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/topology/branch.hpp>

namespace strata {

/// A layer whose parameters training leaves as they are; derivatives pass through it.
template <class Layer>
struct frozen_layer : Layer {
    static constexpr bool is_frozen = true;
};

namespace detail {
template <class Layer>
inline constexpr bool may_have_parameters =
    std::same_as<typename Layer::role, role::contraction> || std::same_as<typename Layer::role, role::head>;

template <layer Layer>
constexpr auto freeze_layers(fragment<Layer>) {
    if constexpr (may_have_parameters<Layer>)
        return fragment<frozen_layer<Layer>>{};
    else
        return fragment<Layer>{};
}
template <std::size_t Index>
constexpr auto freeze_layers(fragment<picked<Index>> one) {
    return one;
}
template <class... Fragments>
constexpr auto freeze_layers(fragment<fork<Fragments...>>);
template <class... Fragments>
constexpr auto freeze_layers(fragment<fork_of_all<Fragments...>>);
template <class Body, class Projection>
constexpr auto freeze_layers(fragment<bypass<Body, Projection>>);
template <std::size_t Times, class Fragment>
constexpr auto freeze_layers(fragment<repeated<Times, Fragment>>);

template <class... Layers>
constexpr auto freeze_all(fragment<Layers...>) {
    return (fragment<>{} | ... | freeze_layers(fragment<Layers>{}));
}
template <class... Fragments>
constexpr auto freeze_layers(fragment<fork<Fragments...>>) {
    return fragment<fork<decltype(freeze_all(Fragments{}))...>>{};
}
template <class... Fragments>
constexpr auto freeze_layers(fragment<fork_of_all<Fragments...>>) {
    return fragment<fork_of_all<decltype(freeze_all(Fragments{}))...>>{};
}
template <class Body, class Projection>
constexpr auto freeze_layers(fragment<bypass<Body, Projection>>) {
    return fragment<bypass<decltype(freeze_all(Body{})), decltype(freeze_all(Projection{}))>>{};
}
template <std::size_t Times, class Fragment>
constexpr auto freeze_layers(fragment<repeated<Times, Fragment>>) {
    return fragment<repeated<Times, decltype(freeze_all(Fragment{}))>>{};
}
} // namespace detail

/// A fragment whose parameters training does not change (Keras: `trainable = False`): the part of a network
/// that was learnt elsewhere, or the critic while its generator learns.
template <class Piece>
constexpr auto frozen_weights(Piece piece) {
    return detail::freeze_all(detail::as_fragment(piece));
}

} // namespace strata
