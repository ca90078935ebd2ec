// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/learning/loss_list.hpp>
#include <strata/learning/losses.hpp>
#include <strata/plan/wiring.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
// A stage behind which the output's rows have `Last` numbers each.
template <class Stage, class Loss, std::size_t Last>
struct opened {
    using stage = Stage;
    using link = no_shortcut;
};

// Softmax and its cross-entropy: the closing moves into the loss, which looks at the output's rows. Where
// these are of another length, as behind a flatten, they are not what the softmax was computed of.
template <class Head, class Tail, std::size_t Length, std::size_t Rows, class Loss>
    requires(requires { requires std::same_as<typename Loss::shortcut, softmax_shortcut>; } &&
             !reads_logits<Loss>)
struct opened<stage<Head, Tail, closing_softmax<Length>, Rows>, Loss, Length> {
    using stage = bedrock::stage<Head, Tail, closed_by_loss, Rows>;
    using link = softmax_layer;
};

template <class Last, class... Layers>
struct without_last;
template <class Last>
struct without_last<Last, type_list<>> {
    using type = tail<>;
    static constexpr bool found = false;
};
template <class Last, class First, class... Rest>
struct without_last<Last, type_list<First, Rest...>> {
    using layers = type_list<First, Rest...>;
    template <std::size_t... I>
    static constexpr auto take(std::index_sequence<I...>) {
        return tail<type_at<I, layers>...>{};
    }
    using type = decltype(take(std::make_index_sequence<sizeof...(Rest)>{}));
    /// In a part with a name, or for each step, it is another type.
    static constexpr bool found = std::derived_from<type_at<sizeof...(Rest), layers>, Last>;
};

// A pointwise link such as sigmoid, where it is the tail's last layer.
template <class Loss, class Layers>
concept ends_with_link = !reads_logits<Loss> && requires {
    Loss::shortcut::slope;
}
&&without_last<typename Loss::shortcut::link, Layers>::found;
template <class Head, class... Layers, std::size_t Rows, class Loss, std::size_t Last>
    requires ends_with_link<Loss, type_list<Layers...>>
struct opened<stage<Head, tail<Layers...>, no_closing, Rows>, Loss, Last> {
    using link = typename Loss::shortcut::link;
    using stage =
        bedrock::stage<Head, typename without_last<link, type_list<Layers...>>::type, closed_by_loss, Rows>;
};

// A stage whose outputs are logits, of a layer that only the loss has.
template <class Head, class Tail, std::size_t Rows, class Loss, std::size_t Last>
    requires reads_logits<Loss>
struct opened<stage<Head, Tail, no_closing, Rows>, Loss, Last> {
    using stage = bedrock::stage<Head, Tail, closed_by_loss, Rows>;
    using link = typename Loss::link;
};

// The stage that makes output number `Output` as training runs it, or any other one as it is.
template <class Wires, class Losses, std::size_t Number>
constexpr auto opened_stage() {
    using stage = plain<type_at<Number, typename Wires::stages>>;
    constexpr std::size_t output = Wires::output_of(Number);
    if constexpr (output < Wires::output_count)
        return opened<stage, typename Losses::template element<output>::loss,
                      Wires::nodes::template output<output>::last>{};
    else
        return opened<stage, void, 0>{};
}

template <class Wires, class Losses>
struct opened_list {
    template <std::size_t... I>
    static constexpr auto make(std::index_sequence<I...>) {
        return stage_list<stand_in<typename decltype(opened_stage<Wires, Losses, I>())::stage>...>{};
    }
    using type = decltype(make(std::make_index_sequence<Wires::count>{}));
};
} // namespace detail

/// The stages as training runs them: a layer that the loss of an output has a shortcut for leaves its stage
/// and is computed with the loss, from the logits. `link_of<Output>` is that layer, or `no_shortcut`.
template <class Topology, class Loss>
struct objective {
    using wires = training_wiring<Topology>;
    using losses = losses_of<Loss>;
    using stages = typename detail::opened_list<wires, losses>::type;
    template <std::size_t Output>
    using link_of = typename decltype(detail::opened_stage<wires, losses, wires::outputs[Output]>())::link;
    /// Of the first output.
    using link = link_of<0>;
};

} // namespace strata::bedrock::inline STRATA_SETTING
