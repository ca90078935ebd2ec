// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/dot_attention.hpp>
#include <strata/layers/projection.hpp>
#include <strata/layers/rotary.hpp>
#include <strata/setting.hpp>
#include <strata/topology/expansion.hpp>
#include <strata/topology/named.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// How many numbers a head's values have, if not as many as its keys.
struct value_width_option {
    std::size_t count;
    constexpr auto spelling(auto&& write) const { return write("value_width<", count); }
};
template <std::size_t Count>
inline constexpr value_width_option value_width{Count};

namespace detail {
template <std::size_t Heads, auto... Options>
constexpr auto attention_of(option_list<Options...>) {
    return dot_attention_layer<Heads, Options...>{};
}
template <class Option>
inline constexpr bool is_rotary = false;
template <real Base>
inline constexpr bool is_rotary<rotary_option<Base>> = true;
/// What stands behind queries or keys.
template <std::size_t Heads, class Option>
constexpr auto turned_by(Option) {
    return fragment<>{};
}
template <std::size_t Heads, real Base>
constexpr auto turned_by(rotary_option<Base>) {
    return fragment<rotary_positions_layer<Heads, Base>>{};
}
template <bool OfProducts, auto Option>
constexpr auto attention_option() {
    if constexpr (option_of<decltype(Option), value_width_option> || is_rotary<type_of<Option>>)
        return option_list<>{};
    else if constexpr (OfProducts == option_of<decltype(Option), without_bias, initializer, regularizer>)
        return option_list<Option>{};
    else
        return option_list<>{};
}

template <std::size_t Heads, std::size_t KeyWidth, auto... Options>
struct attention_rule {
    static constexpr auto label =
        text("attention<") + number_text<Heads> + ", " + number_text<KeyWidth> + ">";
    static constexpr auto spelling(auto&& write) { return write("attention<", Heads, KeyWidth, Options...); }
    static constexpr std::size_t key_head_count = option(key_heads_option{Heads}, Options...).count;
    static constexpr std::size_t value_size = option(value_width_option{KeyWidth}, Options...).count;
    static constexpr auto of_products = (option_list<>{} + ... + attention_option<true, Options>());
    static constexpr auto of_weights = (option_list<>{} + ... + attention_option<false, Options>());

    /// Projections and weights, and the positions of queries and keys.
    static constexpr std::size_t layer_count = 5 + (std::size_t{is_rotary<type_of<Options>>} + ... + 0) * 2;

    template <class Shape, class... Memory>
    static constexpr auto layers() {
        if constexpr (sizeof...(Memory) > 1 || Shape::rank != 2 || (false || ... || (Memory::rank != 2)))
            return text("[steps, features], or two of them: what asks and what is looked at");
        else if constexpr (Heads == 0 || KeyWidth == 0 || value_size == 0 || key_head_count == 0)
            return text("heads and widths of one at least");
        else if constexpr ((is_rotary<type_of<Options>> || ...) && KeyWidth % 2 != 0)
            return text("an even width for rotary positions");
        else {
            constexpr auto query =
                (projection<"query", Heads * KeyWidth>(of_products) | ... | turned_by<Heads>(Options));
            constexpr auto keys_and_values =
                branches((projection<"key", key_head_count * KeyWidth>(of_products) | ... |
                          turned_by<key_head_count>(Options)),
                         projection<"value", key_head_count * value_size>(of_products));
            constexpr auto end =
                attention_of<Heads>(of_weights) | projection<"output", Shape::last>(of_products);
            return named<"attention">(branches(query, keys_and_values) | end);
        }
    }
};
} // namespace detail

/// Multi-head attention (Vaswani et al. 2017; Keras's MultiHeadAttention): queries, keys and values are dense
/// layers of the input, `dot_attention<Heads>` of them follows, and a dense layer as wide as the input.
/// Behind one value it looks at itself; behind two, `branches(query, memory)`, the first looks at the second.
/// Its parameters are `attention.query.kernel` [features, Heads KeyWidth], `attention.key...`,
/// `attention.value...` and `attention.output...`, each with a bias. Shape [steps, features] in = shape out.
///
/// Options: those of `dot_attention` (`causal`, `dropout<0.1>`, `key_heads<2>`), `rotary<>`, those of `dense`
/// (`no_bias`, an initializer, a regularizer) for all four, and `value_width<16>` (default: `KeyWidth`).
template <std::size_t Heads, std::size_t KeyWidth, auto... Options>
inline constexpr expanded<detail::attention_rule<Heads, KeyWidth, Options...>> attention{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::attention;
using bedrock::value_width;
} // namespace strata
