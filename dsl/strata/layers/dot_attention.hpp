// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/real.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/layers/causal.hpp>
#include <strata/layers/dropout.hpp>
#include <strata/layers/head.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/option.hpp>
#include <strata/setting.hpp>

#include <array>

namespace strata::bedrock::inline STRATA_SETTING {

/// How many heads keys and values have: each serves several heads of the queries.
struct key_heads_option {
    std::size_t count;
    constexpr auto spelling(auto&& write) const { return write("key_heads<", count); }
};
template <std::size_t Count>
inline constexpr key_heads_option key_heads{Count};

/// How many queries, keys, heads and numbers a head an attention has.
struct attention_shape {
    std::size_t queries;
    std::size_t keys;
    std::size_t heads;
    std::size_t key_heads;
    std::size_t key_width;
    std::size_t value_width;
};

/// What an attention computes, for the plan.
template <attention_shape Sizes, bool IsCausal, real Dropout>
struct attention_product : head_base<Sizes.queries, Sizes.heads * Sizes.key_width, Sizes.queries,
                                     Sizes.heads * Sizes.value_width> {
    static constexpr attention_shape sizes = Sizes;
    static constexpr bool is_causal = IsCausal;
    static constexpr double dropout = Dropout.value();
    static constexpr bool masks_queries = false;
    static constexpr std::size_t key_masks = 0;
    static constexpr std::size_t parts = 3;
    static constexpr std::array<std::size_t, 3> widths{
        Sizes.heads * Sizes.key_width, Sizes.key_heads* Sizes.key_width, Sizes.key_heads* Sizes.value_width};
    [[nodiscard]] static constexpr std::size_t source_width(std::size_t index) { return widths[index]; }
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;
    static constexpr std::size_t product_flops = 2 * Sizes.queries * Sizes.keys * Sizes.heads *
                                                 (Sizes.key_width + Sizes.value_width) / (IsCausal ? 2 : 1);
    static constexpr auto computation = text("softmax(q k / sqrt(width)) v");
};

/// The same with masks behind the three values: one of the queries or none, and one or two of the keys and
/// values. Masked keys have no weight, and the result of a masked query, or of one that sees no other key, is
/// zero.
template <class Product, bool MasksQueries, std::size_t KeyMasks>
struct masked_attention : Product {
    static constexpr bool masks_queries = MasksQueries;
    static constexpr std::size_t key_masks = KeyMasks;
    static constexpr std::size_t parts = 3 + std::size_t{MasksQueries} + KeyMasks;
    [[nodiscard]] static constexpr std::size_t source_width(std::size_t index) {
        return index < 3 ? Product::widths[index] : 1;
    }
    static constexpr auto computation = text("softmax(q k / sqrt(width)) v of what masks leave");
};

/// Scaled dot-product attention of three values, queries, keys and values (Vaswani et al. 2017): for each of
/// `Heads` heads y[i] = sum_j p[i, j] v[j] with p[i] the softmax over j of q[i] . k[j] / sqrt(K).
/// Shapes [I, Heads K], [J, G K] and [J, G V] -> [I, Heads V], with G = Heads, or as `key_heads<G>` says;
/// then each Heads / G neighbouring heads share keys and values (Ainslie et al. 2023). Gradients, with P the
/// derivative by p: dv[j] = sum_i p[i, j] dy[i], ds[i, j] = p[i, j] (P[i, j] - sum_l p[i, l] P[i, l]), dq =
/// ds k / sqrt(K), dk = ds^T q / sqrt(K); weights are computed again rather than kept. Heads I J (K + V)
/// multiplications forward, two and a half times as many backward. Memory: one number for each query and
/// head. Rejects anything but three matrices, widths that the heads do not divide, and keys and values of
/// different lengths.
///
/// Masked keys have no weight, and the result of a masked query, or of one that sees no key, is zero (Keras's
/// is the mean of all values then).
///
/// Options: `causal`, so that query i sees the keys up to i alone, which streams can; `dropout<0.1>` of the
/// weights; `key_heads<2>`.
template <std::size_t Heads, auto... Options>
struct dot_attention_layer : layer_base {
    static_assert(((detail::option_of<decltype(Options), causal_option, key_heads_option> ||
                    detail::is_dropout<type_of<Options>>)&&...),
                  "strata: dot_attention takes causal, dropout and key_heads");
    using role = role::merge;
    static constexpr mask_rule masks = mask_rule::attends;
    static constexpr auto label = text("dot_attention<") + number_text<Heads> + ">";
    static constexpr auto spelling(auto&& write) { return write("dot_attention<", Heads, Options...); }
    static constexpr bool is_causal = (detail::option_of<decltype(Options), causal_option> || ...);
    static constexpr std::size_t key_head_count = detail::option(key_heads_option{Heads}, Options...).count;
    static constexpr double dropout = detail::chosen_rate(Options...);

    /// Queries, keys and values of the same steps.
    template <class Queries, class Keys, class>
    static constexpr time_view view =
        is_causal&& Queries::extents[0] == Keys::extents[0] ? time_view{sight::state} : whole_sequence;

    // What it makes of some values, or what is wrong with them.
    template <class Queries, class Keys, class Values>
    static constexpr auto check() {
        if constexpr (Heads == 0 || key_head_count == 0 || !(dropout >= 0 && dropout < 1))
            return text("one head at least, and a dropout in [0, 1)");
        else if constexpr (Heads % key_head_count != 0)
            return text("heads that its ") + number_text<key_head_count> + " heads of keys divide";
        else if constexpr (Queries::rank != 2 || Keys::rank != 2 || Values::rank != 2 || Queries::size == 0 ||
                           Keys::size == 0 || Values::size == 0)
            return text("queries, keys and values, each [steps, features]");
        else if constexpr (Queries::last % Heads != 0 || Values::last % key_head_count != 0)
            return text("widths that its heads divide");
        else if constexpr (Keys::last != Queries::last / Heads * key_head_count)
            return text("keys as wide as queries in each head");
        else if constexpr (Keys::extents[0] != Values::extents[0])
            return text("as many keys as values");
        else
            return shape<Queries::extents[0], Values::last / key_head_count * Heads>{};
    }
    template <class... Shapes>
        requires(sizeof...(Shapes) != 3)
    static constexpr auto check() { return text("three values: queries, keys and values"); }

    template <class... Shapes>
    static constexpr bool accepts_all = requires {
        decltype(check<Shapes...>())::extents;
    };
    template <class... Shapes>
    static constexpr auto wants_all = check<Shapes...>();
    template <class... Shapes>
    using output_of = decltype(check<Shapes...>());
    template <class Queries, class Keys, class Values>
    using head_of =
        attention_product<attention_shape{Queries::extents[0], Keys::extents[0], Heads, key_head_count,
                                          Queries::last / Heads, Values::last / key_head_count},
                          is_causal, real{dropout}>;
};

template <std::size_t Heads, auto... Options>
inline constexpr dot_attention_layer<Heads, Options...> dot_attention{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::dot_attention;
using bedrock::key_heads;
} // namespace strata
