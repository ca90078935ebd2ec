// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/topology/wrapped.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

template <text Name, std::size_t Number>
struct shared_place;

namespace detail {
// A place in a shared part is another one in each part with a name that it stands in.
template <text Name, class Place>
struct place_in_part {
    using type = void;
};
template <text Name, text Part, std::size_t Number>
struct place_in_part<Name, shared_place<Part, Number>> {
    using type = shared_place<Name + "." + Part, Number>;
};
} // namespace detail

/// A layer in a part of a network that has a name.
template <text Name, class Layer>
struct named_layer : Layer {
    static constexpr auto scope = Name + "." + Layer::scope;
    using shared_as = typename detail::place_in_part<Name, typename Layer::shared_as>::type;
};

namespace detail {
template <text Name>
struct naming {
    static_assert(!Name.view().empty(), "strata: a part's name has at least one character");
    template <class Layer>
    using type = named_layer<Name, Layer>;
};
} // namespace detail

/// A fragment whose parameters have a name of its own in front of theirs, and are counted by themselves:
/// `named<"encoder">(dense<8> | relu | dense<2>)` has `encoder.dense.kernel` and `encoder.dense_1.kernel`.
/// Parts may stand in each other.
template <text Name, class Piece>
constexpr auto named(Piece piece) {
    return detail::wrap_all<detail::naming<Name>>(detail::as_fragment(piece));
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::named;
} // namespace strata
