// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/mark_stages.hpp>
#include <strata/plan/stage.hpp>
#include <strata/plan/tail.hpp>
#include <strata/setting.hpp>
#include <strata/topology/node_head.hpp>
#include <strata/topology/numbered.hpp>

#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// The stages of a network, in the order in which they run.
template <class... Stages>
struct stage_list {
    static constexpr std::size_t size = sizeof...(Stages);

    /// Finds one by its number without walking through the others.
    template <std::size_t Index>
    using element = type_at<Index, type_list<Stages...>>;

    /// How many stages are of that type: they share their kernels.
    template <class Stage>
    static constexpr std::size_t count_equal() {
        std::size_t count = 0;
        for (const bool is_equal : {std::is_same_v<Stage, Stages>...})
            count += is_equal;
        return count;
    }
};

namespace detail {
template <std::size_t... Values>
constexpr std::size_t count_of(value_list<Values...>) {
    return sizeof...(Values);
}
template <std::size_t... Values>
constexpr std::size_t* copy_values(value_list<Values...>, std::size_t* destination) {
    ((*destination++ = Values), ...);
    return destination;
}

// Compilers nest folds, and clang stops at 256.
template <std::size_t Count>
constexpr std::size_t total(const std::array<std::size_t, Count>& numbers) {
    std::size_t sum = 0;
    for (const std::size_t each : numbers)
        sum += each;
    return sum;
}

// What is known of a node by itself. These functions and the next know nothing of the whole network:
// compilers spell out the name of each function, which would be as long as the network.
template <class Layer>
constexpr node_mark mark_of(purpose what_for, std::size_t sources, std::size_t width) {
    return {kind_of<Layer>(what_for),
            Layer::is_sum,
            Layer::joins,
            Layer::has_adding_kernel,
            Layer::is_frozen,
            0,
            sources,
            width};
}
template <std::size_t Nodes>
constexpr std::array<node_mark, Nodes> with_sources(std::array<node_mark, Nodes> marks) {
    std::size_t first = 0;
    for (node_mark& mark : marks) {
        mark.first_source = first;
        first += mark.sources;
    }
    return marks;
}
template <std::size_t Count, class... Values>
constexpr std::array<std::size_t, Count> collect_sources(Values... values) {
    std::array<std::size_t, Count> result{};
    [[maybe_unused]] std::size_t* next = result.data();
    const int swallow[] = {0, (static_cast<void>(next = copy_values(values, next)), 0)...};
    static_cast<void>(swallow);
    return result;
}

template <class Topology, purpose For>
struct node_marks;
template <class Inputs, class... Ends, class... Nodes, purpose For>
struct node_marks<topology<Inputs, type_list<Ends...>, Nodes...>, For> {
    static constexpr std::size_t inputs = Inputs::size;
    static constexpr std::size_t count = sizeof...(Nodes);
    static constexpr std::size_t source_count =
        total(std::array<std::size_t, count>{count_of(typename Nodes::sources{})...});
    static constexpr auto sources = collect_sources<source_count>(typename Nodes::sources{}...);
    static constexpr auto nodes = with_sources(std::array<node_mark, count>{
        mark_of<typename Nodes::layer>(For, count_of(typename Nodes::sources{}), Nodes::output::last)...});
    static constexpr auto marks = mark_stages<inputs>(
        nodes, sources, std::array<std::size_t, sizeof...(Ends)>{Ends::value...}, For == purpose::prediction);
};

// What is asked for node by node has the network as one type, not as a pack, which compilers would walk
// through for each node. What programs read while they run is copied, since it has the name of where it is.
template <class Topology, purpose For>
struct node_list {
    static constexpr std::size_t inputs = Topology::inputs::size;
    static constexpr std::size_t count = Topology::nodes::size;
    static constexpr auto nodes = node_marks<plain<Topology>, For>::nodes;
    static constexpr auto marks = node_marks<plain<Topology>, For>::marks;

    template <std::size_t Index>
    using element = type_at<Index, typename Topology::nodes>;
    template <std::size_t Index>
    using output = type_at<Index, typename Topology::outputs>;
};

// What a node is in a tail.
template <node_kind Kind, class Layer>
struct tail_layer {
    using type = Layer;
};
template <class Layer>
struct tail_layer<node_kind::affine, Layer> {
    using type = channel_affine;
};
template <class Layer>
struct tail_layer<node_kind::merge, Layer> {
    using type = skip_addition;
};
template <class Nodes, std::size_t Begin, class Indices>
struct tail_of;
template <class Nodes, std::size_t Begin, std::size_t... I>
struct tail_of<Nodes, Begin, std::index_sequence<I...>> {
    template <std::size_t Node>
    using layer =
        typename tail_layer<Nodes::nodes[Node].kind, typename Nodes::template element<Node>::layer>::type;
    using type = tail<layer<Nodes::marks.tails[Begin + I]>...>;
};

/// How a stage begins: with a head, with elements in rows or without, or as a copy for an output.
enum class beginning { head, rows, elements, copy };
constexpr beginning begins_with(const stage_mark& mark) {
    if (mark.copied_output != none)
        return beginning::copy;
    if (mark.head != none)
        return beginning::head;
    // Scales belong to channels, so rows count there.
    return mark.affine != none ? beginning::rows : beginning::elements;
}

template <class Nodes, std::size_t Number, beginning How = begins_with(Nodes::marks.stages[Number])>
struct stage_head {
    using first = typename Nodes::template element<Nodes::marks.stages[Number].first>;
    using type = head_of_node<first>;
    using input = typename first::input;
};
template <class Nodes, std::size_t Number>
struct stage_head<Nodes, Number, beginning::rows> {
    using input = typename Nodes::template element<Nodes::marks.stages[Number].first>::input;
    using type = pass_through<input::last>;
};
template <class Nodes, std::size_t Number>
struct stage_head<Nodes, Number, beginning::elements> {
    using input = typename Nodes::template element<Nodes::marks.stages[Number].first>::input;
    using type = pass_through<input::size>;
};
template <class Nodes, std::size_t Number>
struct stage_head<Nodes, Number, beginning::copy> {
    using input = typename Nodes::template output<Nodes::marks.stages[Number].copied_output>;
    using type = pass_through<input::size>;
};

template <class Head, class Input>
constexpr std::size_t rows_of() {
    if constexpr (Head::output_rows > 0)
        return Head::output_rows;
    else
        return Input::size / Head::inputs;
}

template <class Nodes, std::size_t Node>
struct closing_of {
    using type = closing_softmax<Nodes::template element<Node>::input::last>;
};
template <class Nodes>
struct closing_of<Nodes, none> {
    using type = no_closing;
};

/// The type of one stage, of its marks.
template <class Nodes, std::size_t Number>
struct stage_of {
    using begin = stage_head<Nodes, Number>;
    using head = typename begin::type;
    using tail = typename tail_of<Nodes, Nodes::marks.stages[Number].tail_begin,
                                  std::make_index_sequence<Nodes::marks.stages[Number].tail_end -
                                                           Nodes::marks.stages[Number].tail_begin>>::type;
    using type =
        stand_in<stage<head, tail, typename closing_of<Nodes, Nodes::marks.stages[Number].closing>::type,
                       rows_of<head, typename begin::input>()>>;
};

template <class Nodes, class Indices>
struct stages_of_nodes;
template <class Nodes, std::size_t... I>
struct stages_of_nodes<Nodes, std::index_sequence<I...>> {
    using type = stage_list<typename stage_of<Nodes, I>::type...>;
};

template <class Topology, purpose For>
struct cutting {
    using nodes = node_list<Topology, For>;
    using type = typename stages_of_nodes<nodes, std::make_index_sequence<nodes::marks.stage_count>>::type;
};

/// Multiplications and additions of one prediction's products.
template <class... Stages>
constexpr std::size_t product_flops(stage_list<Stages...> stages) {
    return sum_over_types(stages,
                          []<class Stage>(std::type_identity<Stage>) { return Stage::product_flops; });
}
/// Those of them that threads share where there is one sample.
template <class... Stages>
constexpr std::size_t divided_flops(stage_list<Stages...> stages) {
    return sum_over_types(stages, []<class Stage>(std::type_identity<Stage>) {
        return Stage::head::divides_samples ? Stage::product_flops : 0;
    });
}
} // namespace detail

/// A topology cut into stages: each head begins one, pointwise layers join the stage before them, a softmax
/// closes it. Layers that only rename axes vanish. These are the stages of training; every layer with
/// parameters is the head of one, which says where its parameters are.
template <class Topology>
using stages_of = typename detail::cutting<Topology, detail::purpose::training>::type;

} // namespace strata::bedrock::inline STRATA_SETTING
