// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_of.hpp>
#include <strata/layers/embedding.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// The products of rows of `Width` numbers with each row of an embedding's table, for the plan.
template <std::size_t Vocabulary, std::size_t Width, class Table>
struct table_product : head_base<0, Width, 0, Vocabulary> {
    static constexpr bool has_product = true;
    static constexpr bool has_bias = false;
    using embeddings = typename lookup<1, Vocabulary, Width, Table>::embeddings;
    using parameters = type_list<embeddings>;
};

template <class Table>
struct unembedding_layer {
    static_assert(sizeof(Table) == 0,
                  "strata: unembedding takes an embedding, unembedding<embedding<256, 64>>");
};

/// How well a row of numbers fits each token: its product with the token's row of an embedding's table,
/// y = x E^T with E of [Vocabulary, Width]. Shape [..., Width] -> [..., Vocabulary], without a bias.
/// Gradients: dE = dy^T x, dx = dy E. Vocabulary Width multiplications per row.
///
/// Under one name of `shared_weights` the table is the embedding's own (Press and Wolf 2017: tied weights, as
/// in GPT-2; Keras's ReversibleEmbedding), which then learns from both uses in one sum:
///
///     constexpr auto words = embedding<256, 128, normal<0.02>>;
///     constexpr auto next = input<64> | shared_weights<"words">(words) | gru<128> |
///                           shared_weights<"words">(unembedding<words>) | softmax;
///
/// The array is `words.embedding.embeddings`, counted, saved and penalized once. A table of its own,
/// `unembedding.embeddings`, has the initializer and the regularizer of the embedding that is given.
template <std::size_t Vocabulary, std::size_t Width, auto... Options>
struct unembedding_layer<embedding_layer<Vocabulary, Width, Options...>> : layer_base {
    using role = role::head;
    static constexpr mask_rule masks = mask_rule::passes;
    using table = embedding_layer<Vocabulary, Width, Options...>;
    using shared_form = table;
    static constexpr auto label = text("unembedding<") + number_text<Vocabulary> + ">";
    static constexpr auto spelling(auto&& write) { return write("unembedding<", table{}); }
    template <class... Shapes>
    static constexpr time_view view = each_row<Shapes...>;

    template <class Shape>
    static constexpr bool accepts = [] {
        if constexpr (Shape::rank > 0)
            return Vocabulary > 0 && Shape::size > 0 && Shape::last == Width;
        else
            return false;
    }();
    template <class>
    static constexpr auto wants = [] {
        if constexpr (Vocabulary == 0)
            return text("a vocabulary of one at least");
        else
            return text("rows of ") + number_text<Width> + ", those of the table";
    }();
    template <class Shape>
    using output = with_last<Shape, Vocabulary>;
    template <class Shape>
    using head = table_product<Vocabulary, Width, table>;
};
template <auto Table>
inline constexpr unembedding_layer<type_of<Table>> unembedding{};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::unembedding;
} // namespace strata
