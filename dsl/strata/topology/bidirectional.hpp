// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/concat.hpp>
#include <strata/layers/recurrent.hpp>
#include <strata/setting.hpp>
#include <strata/topology/named.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// A recurrent layer that reads the steps in the other direction, and whose results stand where those of the
/// layer do: each at its step, or, of one with `backwards`, the last step's first, as in Keras.
template <class Layer>
struct mirrored_layer : Layer {
    static constexpr bool is_backwards = !Layer::is_backwards;
    static constexpr bool is_in_order = Layer::is_in_order;
    static constexpr bool keeps_mask = Layer::keeps_mask;
    static constexpr bool zeroes_masked = !Layer::is_last_alone;
    template <class Shape>
    using head = recurrence<mirrored_layer, Shape::extents[0], Shape::last>;
    template <class...>
    static constexpr time_view view = whole_sequence;
};

/// The one that reads them as they come.
template <class Layer>
struct unmirrored_layer : Layer {
    static constexpr bool zeroes_masked = !Layer::is_last_alone;
};

namespace detail {
template <class Layer>
concept recurrent_kind = requires {
    typename Layer::bias_shape;
    { Layer::is_in_order } -> std::convertible_to<bool>;
}
&&!Layer::reads_states && !Layer::makes_states;

struct mirroring {
    template <recurrent_kind Layer>
    using type = mirrored_layer<Layer>;
};
struct unmirroring {
    template <recurrent_kind Layer>
    using type = unmirrored_layer<Layer>;
};

template <class Layer>
inline constexpr bool may_be_mirrored = recurrent_kind<Layer>;
template <layer Layer>
    requires(std::same_as<typename Layer::role, role::pointwise> ||
             std::same_as<typename Layer::role, role::normalization>)
inline constexpr bool may_be_mirrored<Layer> = true;
template <std::size_t Times, class... Layers>
inline constexpr bool may_be_mirrored<repeated<Times, fragment<Layers...>>> = (may_be_mirrored<Layers> &&
                                                                               ...);

template <class Layer>
inline constexpr bool has_recurrence = recurrent_kind<Layer>;
template <std::size_t Times, class... Layers>
inline constexpr bool has_recurrence<repeated<Times, fragment<Layers...>>> = (has_recurrence<Layers> || ...);

template <class... Layers>
constexpr bool may_all_be_mirrored(fragment<Layers...>) {
    return (may_be_mirrored<Layers> && ...) && (has_recurrence<Layers> || ...);
}
} // namespace detail

/// A fragment of recurrent layers, and the same with parameters of its own that reads the steps backwards;
/// both results are merged where they belong to the same steps (Schuster and Paliwal 1997; Keras's
/// Bidirectional): `bidirectional(lstm<64>)` has 128 features, and `bidirectional(lstm<64>, add)`, `multiply`
/// or `average` 64. Parameters are named `forward.lstm.kernel` and `backward.lstm.kernel`. Formulas may stand
/// between the layers. With a mask, results of masked steps are zeros in both directions.
template <class Piece, class Merge = type_of<concat<>>>
constexpr auto bidirectional(Piece piece, Merge merge = {}) {
    using layers = decltype(detail::as_fragment(piece));
    static_assert(detail::may_all_be_mirrored(layers{}),
                  "strata: bidirectional takes recurrent layers, and formulas of each element between them");
    return branches(named<"forward">(detail::wrap_all<detail::unmirroring>(layers{})),
                    named<"backward">(detail::wrap_all<detail::mirroring>(layers{}))) |
           merge;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::bidirectional;
} // namespace strata
