// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
#include <strata/topology/named.hpp>

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// Whose weights a layer of a shared part has: the whole name of the part, and the layer's number in it.
template <text Name, std::size_t Number>
struct shared_place {
    static constexpr auto name = Name;
    static constexpr std::size_t number = Number;
};

/// A layer of a part that a network uses several times. `Part` is the fragment that it stands in.
template <text Name, std::size_t Number, class Part, class Layer>
struct shared_layer : Layer {
    static constexpr auto scope = Name + "." + Layer::scope;
    using shared_as = shared_place<Name, Number>;
    using shared_part = Part;
};

namespace detail {
template <class Layer>
inline constexpr bool is_shared = !std::is_void_v<typename Layer::shared_as>;

// Whether a layer of a shared part is one that its uses share. Masks have no weights, and not all uses of a
// part need have them.
template <class Layer>
inline constexpr bool is_counted_in_part = may_have_parameters<Layer> && !is_shared<Layer> && !Layer::is_mask;

/// Makes the nodes that a shared part has grown those of its name.
template <text Name, class Part, class Growth, class... Wrappers>
struct shared_growth;
template <text Name, class Part, class EndSite, class... Nodes, class... Wrappers>
struct shared_growth<Name, Part, growth<EndSite, Nodes...>, Wrappers...> {
    // Layers are numbered that have names of their own. Those of a shared part within this one keep theirs.
    static constexpr auto numbers = [] {
        std::array<std::size_t, sizeof...(Nodes) + 1> result{};
        std::size_t node = 0;
        std::size_t next = 0;
        for (const bool counts : {false, is_counted_in_part<typename Nodes::layer>...}) {
            result[node++] = next;
            next += std::size_t{counts};
        }
        return result;
    }();

    template <std::size_t Number, class Layer>
    struct marked {
        using type = shared_layer<Name, Number, Part, Layer>;
    };
    template <std::size_t Number, class Layer>
        requires(!is_counted_in_part<Layer>)
    struct marked<Number, Layer> {
        using type = named_layer<Name, Layer>;
    };

    template <class Layer>
    static constexpr std::type_identity<Layer> only_layer(fragment<Layer>) {
        return {};
    }

    template <std::size_t Number, class Node>
    static constexpr auto mark() {
        using layer = typename Node::layer;
        if constexpr (may_have_parameters<layer>) {
            using shared = fragment<typename marked<Number, layer>::type>;
            using whole = typename decltype(only_layer(wrap_in(type_list<Wrappers...>{}, shared{})))::type;
            return std::type_identity<
                node<whole, typename Node::sources, typename Node::input, typename Node::output>>{};
        } else
            return std::type_identity<Node>{};
    }
    template <std::size_t... I>
    static constexpr auto mark_all(std::index_sequence<I...>) {
        return growth<EndSite, typename decltype(mark<numbers[I + 1], Nodes>())::type...>{};
    }
    using type = decltype(mark_all(std::index_sequence_for<Nodes...>{}));
};
} // namespace detail

/// A fragment whose parameters are those of all parts with its name. `Wrappers` are what its layers are
/// wrapped into by the parts that it stands in.
template <text Name, class Fragment, class... Wrappers>
struct sharing : split_base {
    template <class Site>
    static constexpr auto append_to(Site start) {
        using grown = decltype(detail::append_all(start, Fragment{}));
        return typename detail::shared_growth<Name, Fragment, grown, Wrappers...>::type{};
    }
};

/// A fragment with one set of weights, wherever a network has it: both sides of a siamese network, or a layer
/// that is used again and again.
///
///     constexpr auto encoder = shared_weights<"encoder">(dense<64> | relu | dense<16>);
///     constexpr auto alike = inputs(input<64>, input<64>) | branches(encoder, encoder) | dot<normalize>;
///
/// The name is what makes the parts one: `encoder.dense.kernel` exists, counts and is penalized once, and its
/// gradient is the sum over all uses. Another fragment under the same name, weights of other shapes, or a
/// part that is frozen in some uses alone do not compile. A part of a `named` part has the whole name:
/// `named<"left">` and `named<"right">` around it make two sets. Uses may see inputs of different shapes, as
/// long as the weights are of the same. A batch normalization within takes each use's own statistics in
/// training, and moves its averages on at each use, in the order of the network, as in Keras; dropout is
/// drawn for each.
///
/// Two layers that use one array in two ways, as an `embedding` and the `unembedding` that compares with its
/// rows, may share it, too: one of them says so by `using shared_form = other_layer;`. Their arrays have to
/// be the same in name, shape and storage.
template <text Name, class Piece>
constexpr auto shared_weights(Piece piece) {
    static_assert(!Name.view().empty(), "strata: a shared part's name has at least one character");
    return fragment<sharing<Name, decltype(detail::as_fragment(piece))>>{};
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::shared_weights;
} // namespace strata
