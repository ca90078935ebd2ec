// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/dot_attention.hpp>
#include <strata/layers/mask.hpp>
#include <strata/setting.hpp>
#include <strata/topology/node_head.hpp>
#include <strata/topology/topology.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// A value with a mask: the number of the value that is its mask, and the shape of that, which is how the
/// value's begins.
template <std::size_t Value, class Shape, std::size_t Mask, class MaskShape>
struct masked_end {
    static constexpr std::size_t value = Value;
    static constexpr std::size_t mask = Mask;
    static constexpr bool is_masked = true;
    using shape = Shape;
    using mask_shape = MaskShape;
    using plain = open_end<Value, Shape>;
};

/// A layer that reads a mask as its last value.
template <class Layer>
struct masked_layer : Layer {
    using role = role::merge;
    static constexpr auto label = Layer::label + " masked";
    template <class First, class...>
    using head_of = typename masked_head<typename Layer::template head<First>, Layer::zeroes_masked>::type;
    template <class...>
    static constexpr time_view view{sight::masked};
};
/// An attention whose queries have a mask or not, and whose keys and values have so many.
template <class Layer, bool MasksQueries, std::size_t KeyMasks>
struct masked_attention_layer : Layer {
    static constexpr auto label = Layer::label + " masked";
    template <class Queries, class Keys, class Values, class...>
    using head_of =
        masked_attention<typename Layer::template head_of<Queries, Keys, Values>, MasksQueries, KeyMasks>;
    template <class...>
    static constexpr time_view view{sight::masked};
};

namespace detail {
template <class Layer>
constexpr mask_rule rule_of_mask() {
    using chosen = typename Layer::role;
    if constexpr (Layer::masks != mask_rule::ends)
        return Layer::is_frozen && Layer::has_frozen_head ? mask_rule::passes : Layer::masks;
    else if constexpr (std::same_as<chosen, role::pointwise> || std::same_as<chosen, role::normalization> ||
                       std::same_as<chosen, role::training_head>)
        return mask_rule::passes;
    else
        return mask_rule::ends;
}

// Whether what a layer computes in each step depends on a mask in it.
template <class Layer>
concept reads_mask_of_step = requires {
    typename Layer::step_layer;
    requires Layer::step_layer::masks == mask_rule::read;
};

template <std::size_t... Mask, std::size_t... Whole>
constexpr bool begins_with(shape<Mask...>, shape<Whole...>) {
    constexpr std::array<std::size_t, sizeof...(Mask)> mask{Mask...};
    constexpr std::array<std::size_t, sizeof...(Whole)> whole{Whole...};
    return mask.size() < whole.size() && std::equal(mask.begin(), mask.end(), whole.begin());
}

// Gives the first open end of a growth a mask, if that fits its shape.
template <class Growth, std::size_t Mask, class MaskShape>
struct with_mask;
template <std::size_t Inputs, std::size_t Count, std::size_t Value, class Shape, class... Others,
          class... Nodes, std::size_t Mask, class MaskShape>
struct with_mask<growth<site<Inputs, Count, type_list<open_end<Value, Shape>, Others...>>, Nodes...>, Mask,
                 MaskShape> {
    using end = std::conditional_t<begins_with(MaskShape{}, Shape{}),
                                   masked_end<Value, Shape, Mask, MaskShape>, open_end<Value, Shape>>;
    using type = growth<site<Inputs, Count, type_list<end, Others...>>, Nodes...>;
};

// A growth, one more node that makes a mask, and that mask.
template <class Growth, class Node>
struct with_mask_node;
template <std::size_t Inputs, std::size_t Count, class Ends, class... Nodes, class Node>
struct with_mask_node<growth<site<Inputs, Count, Ends>, Nodes...>, Node> {
    using type = typename with_mask<growth<site<Inputs, Count + 1, Ends>, Nodes..., Node>, Inputs + Count,
                                    typename Node::output>::type;
};

// A layer that makes a mask: the node of that, and the layer's own.
template <std::size_t Inputs, std::size_t NodeCount, class End, class... Others, layer Layer>
    requires(Layer::makes_mask)
constexpr auto attach(site<Inputs, NodeCount, type_list<End, Others...>> start, fragment<Layer>) {
    using input = typename End::shape;
    if constexpr (Layer::reads_tokens && End::value >= Inputs) {
        static_assert(reject<Layer, place_text<NodeCount + 1, Layer>, text("cannot take what layers make"),
                             text("it accepts tokens, an input of the network")>());
        return growth<decltype(start)>{};
    } else if constexpr (sizeof...(Others) > 0) {
        static_assert(reject<Layer, place_text<NodeCount + 1, Layer>, text("cannot take several values"),
                             text("it accepts one value")>());
        return growth<decltype(start)>{};
    } else if constexpr (!accepts<Layer, input>) {
        static_assert(misfit<NodeCount + 1, Layer, input>());
        return growth<decltype(start)>{};
    } else {
        using maker = typename Layer::own_mask;
        using mask_shape = typename maker::template output<input>;
        using output = typename Layer::template output<input>;
        constexpr std::size_t mask = Inputs + NodeCount;
        using own_node = std::conditional_t<
            Layer::reads_own_mask,
            node<Layer, value_list<End::value, mask>, type_list<input, mask_shape>, output>,
            node<Layer, value_list<End::value>, input, output>>;
        return growth<site<Inputs, NodeCount + 2, type_list<masked_end<mask + 1, output, mask, mask_shape>>>,
                      node<maker, value_list<End::value>, input, mask_shape>, own_node>{};
    }
}

// Appends a layer that reads a mask behind its values.
template <class Layer, std::size_t Inputs, std::size_t NodeCount, class Mask, class... Ends>
constexpr auto attach_reader(type_list<Ends...>) {
    using reader = masked_layer<Layer>;
    using sources = value_list<Ends::value..., Mask::mask>;
    using shapes = type_list<typename Ends::shape..., typename Mask::mask_shape>;
    using first = type_at<0, type_list<typename Ends::shape...>>;
    constexpr auto grown = [] {
        if constexpr (Layer::output_count > 1)
            return append_several<reader, Inputs, NodeCount, sources, shapes>(
                typename Layer::template outputs<first>{});
        else {
            using output = typename Layer::template output<first>;
            return growth<site<Inputs, NodeCount + 1, type_list<open_end<NodeCount + Inputs, output>>>,
                          node<reader, sources, shapes, output>>{};
        }
    }();
    if constexpr (Layer::keeps_mask)
        return typename with_mask<std::remove_const_t<decltype(grown)>, Mask::mask,
                                  typename Mask::mask_shape>::type{};
    else
        return grown;
}

// Whether a value's mask is one of the steps of [steps, features], which layers can read.
template <class End>
inline constexpr bool masks_steps = false;
template <std::size_t Value, std::size_t Steps, std::size_t Features, std::size_t Mask>
inline constexpr bool masks_steps<masked_end<Value, shape<Steps, Features>, Mask, shape<Steps>>> = true;

// Appends a layer to a value with a mask.
template <std::size_t Inputs, std::size_t NodeCount, std::size_t Value, class Shape, std::size_t Mask,
          class MaskShape, layer Layer>
    requires(!merges<Layer> && !Layer::makes_mask)
constexpr auto attach(site<Inputs, NodeCount, type_list<masked_end<Value, Shape, Mask, MaskShape>>>,
                      fragment<Layer> added) {
    using end = masked_end<Value, Shape, Mask, MaskShape>;
    constexpr mask_rule rule = rule_of_mask<Layer>();
    if constexpr (rule == mask_rule::refused)
        static_assert(reject<Layer, place_text<NodeCount + 1, Layer>, text("cannot take a mask"),
                             text("it accepts values without one, or stands before the mask")>());
    if constexpr (rule == mask_rule::passes && MaskShape::rank > 1 && reads_mask_of_step<Layer>)
        static_assert(reject<Layer, place_text<NodeCount + 1, Layer>, text("cannot take a mask in each step"),
                             text("it accepts one of the steps that it is distributed over")>());
    if constexpr (rule == mask_rule::read && masks_steps<end> && accepts<Layer, Shape>)
        return attach_reader<Layer, Inputs, NodeCount, end>(type_list<end>{});
    else {
        using plain = decltype(attach(site<Inputs, NodeCount, type_list<typename end::plain>>{}, added));
        if constexpr (rule == mask_rule::passes)
            return typename with_mask<plain, Mask, MaskShape>::type{};
        else
            return plain{};
    }
}

template <class End>
struct plain_end {
    using type = End;
};
template <class End>
    requires(End::is_masked)
struct plain_end<End> {
    using type = typename End::plain;
};
inline constexpr std::size_t no_mask = static_cast<std::size_t>(-1);
template <class End>
inline constexpr std::size_t mask_of_end = no_mask;
template <class End>
    requires(End::is_masked)
inline constexpr std::size_t mask_of_end<End> = End::mask;

// The masks of values, collected one by one.
template <std::size_t... Masks>
struct mask_numbers {
    using type = value_list<Masks...>;
    template <std::size_t Mask>
    constexpr auto operator<<(value_list<Mask>) const {
        if constexpr (Mask == no_mask)
            return *this;
        else
            return mask_numbers<Masks..., Mask>{};
    }
};
template <class Earlier, std::size_t... Masks>
using with_masks = typename decltype((Earlier{} << ... << value_list<Masks>{}))::type;

template <class Layer, std::size_t Inputs, std::size_t NodeCount, class Queries, class Keys, class Values>
constexpr auto attach_attention(type_list<Queries, Keys, Values>) {
    using shapes = type_list<typename Queries::shape, typename Keys::shape, typename Values::shape>;
    using output = typename Layer::template output_of<typename Queries::shape, typename Keys::shape,
                                                      typename Values::shape>;
    constexpr std::size_t queries = mask_of_end<Queries>;
    constexpr std::size_t keys = mask_of_end<Keys>;
    constexpr std::size_t values = mask_of_end<Values> == keys ? no_mask : mask_of_end<Values>;
    using reader = masked_attention_layer<Layer, queries != no_mask,
                                          std::size_t{keys != no_mask} + std::size_t{values != no_mask}>;
    using sources =
        with_masks<mask_numbers<Queries::value, Keys::value, Values::value>, queries, keys, values>;
    using grown = growth<site<Inputs, NodeCount + 1, type_list<open_end<NodeCount + Inputs, output>>>,
                         node<reader, sources, shapes, output>>;
    if constexpr (queries != no_mask)
        return typename with_mask<grown, queries, typename Queries::mask_shape>::type{};
    else
        return grown{};
}

// Whether a value is one of steps of features, and how many.
template <class Shape>
inline constexpr std::size_t steps_in = 0;
template <std::size_t Steps, std::size_t Features>
inline constexpr std::size_t steps_in<shape<Steps, Features>> = Steps;

// Behind a growth, the mask of values that it has joined, or united, step by step.
template <class Growth, class... Ends>
constexpr auto join_masks() {
    constexpr joined_steps<sizeof...(Ends)> steps{{steps_in<typename Ends::shape>...}, {Ends::is_masked...}};
    return
        typename with_mask_node<Growth,
                                node<mask_join_layer<steps>, with_masks<mask_numbers<>, mask_of_end<Ends>...>,
                                     type_list<typename Ends::shape...>, shape<steps.total()>>>::type{};
}
template <class Growth, class First, class... Rest>
constexpr auto unite_masks() {
    using mask_shape = typename First::mask_shape;
    if constexpr (((First::mask == Rest::mask) && ...))
        return typename with_mask<Growth, First::mask, mask_shape>::type{};
    else
        return typename with_mask_node<
            Growth, node<mask_union_layer, value_list<First::mask, Rest::mask...>,
                         type_list<mask_shape, typename Rest::mask_shape...>, mask_shape>>::type{};
}

// Appends a layer that merges values of which some have masks.
template <std::size_t Inputs, std::size_t NodeCount, class... Ends, layer Layer>
    requires(merges<Layer> && !Layer::makes_mask && (Ends::is_masked || ...))
constexpr auto attach(site<Inputs, NodeCount, type_list<Ends...>>, fragment<Layer> added) {
    using first = type_at<0, type_list<Ends...>>;
    constexpr mask_rule rule = rule_of_mask<Layer>();
    constexpr bool fits = Layer::template accepts_all<typename Ends::shape...>;
    constexpr bool are_equal = ((mask_of_end<Ends> == mask_of_end<first>)&&...);
    if constexpr (rule == mask_rule::equal && !are_equal)
        static_assert(reject<Layer, place_text<NodeCount + 1, Layer>, text("cannot take different masks"),
                             text("it accepts values with one mask, or without")>());
    if constexpr (rule == mask_rule::read && masks_steps<first> && fits)
        return attach_reader<Layer, Inputs, NodeCount, first>(type_list<Ends...>{});
    else if constexpr (rule == mask_rule::attends && fits)
        return attach_attention<Layer, Inputs, NodeCount>(type_list<Ends...>{});
    else {
        using plain =
            decltype(attach(site<Inputs, NodeCount, type_list<typename plain_end<Ends>::type...>>{}, added));
        if constexpr (!fits)
            return plain{};
        else if constexpr (rule == mask_rule::joins) {
            if constexpr (!Layer::template joins_steps<typename first::shape>) {
                if constexpr ((Ends::is_masked && ...))
                    return unite_masks<plain, Ends...>();
                else
                    return plain{};
            } else if constexpr (((masks_steps<Ends> ||
                                   (!Ends::is_masked && steps_in<typename Ends::shape> > 0)) &&
                                  ...))
                return join_masks<plain, Ends...>();
            else
                return plain{};
        } else if constexpr ((rule == mask_rule::either || rule == mask_rule::equal) &&
                             (Ends::is_masked && ...))
            return unite_masks<plain, Ends...>();
        else
            return plain{};
    }
}
} // namespace detail

} // namespace strata::bedrock::inline STRATA_SETTING
