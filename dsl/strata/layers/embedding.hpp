// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/layers/initializer.hpp>
#include <strata/layers/layer.hpp>
#include <strata/layers/mask.hpp>
#include <strata/layers/option.hpp>
#include <strata/layers/regularizer.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// "Every row is updated in every step", as in Keras, not only those that occur.
struct every_row_option {
    static constexpr auto spelling(auto&& write) { return write("every_row"); }
};
inline constexpr every_row_option every_row{};

/// "Token 0 is padding", which is masked.
struct mask_zero_option {
    static constexpr auto spelling(auto&& write) { return write("mask_zero"); }
};
inline constexpr mask_zero_option mask_zero{};

/// Rows of a table, one for each token, for the plan.
template <std::size_t Tokens, std::size_t Vocabulary, std::size_t Width, class Layer>
struct lookup : head_base<Tokens, 1, Tokens, Width> {
    static constexpr std::size_t vocabulary = Vocabulary;
    static constexpr bool updates_every_row = Layer::updates_every_row;
    static constexpr bool writes_pitched = true;

    struct embeddings : parameter<"embeddings", shape<Vocabulary, Width>> {
        using storage = row_storage<Width>;
        static constexpr initializer first = Layer::first;
        static constexpr fan_counts fans{Vocabulary, Width};
        static constexpr regularizer penalty = Layer::penalty;
        static constexpr bool skips_rows = !updates_every_row;
    };
    using parameters = type_list<embeddings>;
};

/// A row of `Width` numbers for each token, whole numbers below `Vocabulary`, from a table that is learnt
/// (Keras's Embedding): `embedding.embeddings` [Vocabulary, Width], at first `uniform<0.05>`. Shape [...] ->
/// [..., Width], behind an input of the network alone: `input<200> | embedding<20'000, 64>`. Any array of
/// numbers serves as tokens. One that is not whole or not in range is `std::invalid_argument` in `fit`,
/// `evaluate` and `predict` of arrays, before anything is computed. In functions that throw nothing the
/// nearest token counts, and one out of range gives NaN. Gradients: each row's is the sum over its tokens,
/// added in their order; there are none by tokens.
///
/// Only rows that occur in a batch are updated (their moments, too: "lazy" Adam), so that a step does not
/// depend on the vocabulary. `every_row` updates all, as Keras does; with a regularizer and where gradients
/// are stored all are updated, too, and `average_weights` moves all averages. With `mask_zero` steps with
/// token 0 are masked, as in Keras: their row is one like the others and learns what reaches it, but what
/// reads the mask leaves them out. Options: `every_row`, `mask_zero`, an initializer, a regularizer.
template <std::size_t Vocabulary, std::size_t Width, auto... Options>
struct embedding_layer : layer_base {
    static_assert(
        (detail::option_of<decltype(Options), every_row_option, mask_zero_option, initializer, regularizer> &&
         ...),
        "strata: embedding takes every_row, mask_zero, an initializer and a regularizer");
    static_assert(Vocabulary < (std::size_t{1} << 24), "strata: a float counts tokens to 2^24 alone");
    using role = role::head;
    static constexpr auto label = text("embedding<") + number_text<Width> + ">";
    static constexpr auto spelling(auto&& write) {
        return write("embedding<", Vocabulary, Width, Options...);
    }
    static constexpr bool reads_tokens = true;
    static constexpr std::size_t vocabulary = Vocabulary;
    using own_mask = token_mask_layer;
    static constexpr bool makes_mask = (detail::option_of<decltype(Options), mask_zero_option> || ...);
    template <class...>
    static constexpr time_view view = each_step;
    static constexpr initializer first = detail::option(uniform<>, Options...);
    static constexpr regularizer penalty = detail::option(regularizer{}, Options...);
    static constexpr bool updates_every_row =
        (detail::option_of<decltype(Options), every_row_option> || ...) || penalty.l1_factor.value() != 0 ||
        penalty.l2_factor.value() != 0;

    template <class Shape>
    static constexpr bool accepts = Vocabulary > 0 && Width > 0 && Shape::rank > 0 && Shape::size > 0;
    template <class>
    static constexpr auto wants = text("tokens, and a vocabulary and a width of one at least");

    // For aliases, which clang before 17 lets use nothing that is private.
    template <std::size_t... Extents>
    static constexpr shape<Extents..., Width> widened(shape<Extents...>);
    template <class Shape>
    using output = decltype(widened(Shape{}));
    template <class Shape>
    using head = lookup<Shape::size, Vocabulary, Width, embedding_layer>;
};
template <std::size_t Vocabulary, std::size_t Width, auto... Options>
inline constexpr embedding_layer<Vocabulary, Width, Options...> embedding{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::embedding;
using bedrock::every_row;
using bedrock::mask_zero;
} // namespace strata
