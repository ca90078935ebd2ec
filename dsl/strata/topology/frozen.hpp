// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/topology/wrapped.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// A layer whose parameters training leaves as they are; derivatives pass through it.
template <class Layer>
struct frozen_layer : Layer {
    static constexpr bool is_frozen = true;
};

/// One that computes something else in training as long as its parameters stay.
template <class Layer>
    requires(Layer::has_frozen_head)
struct frozen_layer<Layer> : Layer {
    static constexpr bool is_frozen = true;
    template <class Shape>
    using head = typename Layer::template frozen_head<Shape>;
};

namespace detail {
struct freezing {
    template <class Layer>
    using type = frozen_layer<Layer>;
};
} // namespace detail

/// A fragment whose parameters training does not change (Keras: `trainable = False`): the part of a network
/// that was learnt elsewhere, or the critic while its generator learns. Its batch normalizations compute with
/// their moving averages, which stay, too; dropout is drawn as ever.
template <class Piece>
constexpr auto frozen_weights(Piece piece) {
    return detail::wrap_all<detail::freezing>(detail::as_fragment(piece));
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::frozen_weights;
} // namespace strata
