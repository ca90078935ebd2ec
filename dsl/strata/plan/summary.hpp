// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/plan/facts.hpp>
#include <strata/plan/names.hpp>
#include <strata/topology/parameter_count.hpp>
#include <strata/topology/print.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace strata::bedrock {

namespace detail {
/// Digits in groups of three: 407,050.
inline std::string grouped(std::size_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t place = digits.size(); place > 3; place -= 3)
        digits.insert(place - 3, 1, ','); // g++ 12 warns of the overload for texts, wrongly
    return digits;
}

inline std::string padded(std::string_view text, std::size_t width) {
    std::string result(text);
    result.resize(result.size() < width ? width : result.size() + 1, ' ');
    return result;
}

/// The names of a layer's parameters: "dense_1.kernel .bias".
template <class Head>
std::string names_text(const layer_name& layer, bool is_frozen) {
    std::string result;
    for_each_parameter<Head>([&]<class Parameter>(std::type_identity<Parameter>) {
        append_to(result, result.empty() ? layer.string() : std::string(" "));
        append_to(result, concatenate(".", Parameter::name.view()));
    });
    if (is_frozen && !result.empty())
        append_to(result, ", frozen");
    return result;
}

template <class Node>
void add_line(std::string& table, const layer_name& layer) {
    using head = head_of_node<Node>;
    append_to(table, padded(Node::layer::label, 28));
    append_to(table, padded(shape_text<typename Node::output>, 22));
    const std::string count = grouped(parameters_in<head>.learnt);
    const std::string names = names_text<head>(layer, Node::layer::is_frozen);
    append_to(table, names.empty() ? count : concatenate(padded(count, 12), names));
    append_to(table, "\n");
}

template <class... Inputs, class Ends, class... Nodes>
std::string summarize(topology<type_list<Inputs...>, Ends, Nodes...> network) {
    const std::string line(62, '-');
    std::string table = concatenate(padded("layer", 28), padded("output shape", 22), padded("parameters", 12),
                                    "names\n", line, "\n");
    for_each_type(type_list<Inputs...>{}, [&]<class Shape>(std::type_identity<Shape>) {
        append_to(table, padded("input", 28));
        append_to(table, padded(shape_text<Shape>, 22));
        append_to(table, "0\n");
    });
    const auto layers = network_names<topology<type_list<Inputs...>, Ends, Nodes...>>::layers();
    auto layer = layers.begin();
    for_each_type(type_list<Nodes...>{},
                  [&]<class Node>(std::type_identity<Node>) { add_line<Node>(table, *layer++); });
    return concatenate(table, line, "\n", padded("total", 50), grouped(parameter_count(network)), "\n");
}

/// How many parts of a concatenation are made where it wants them.
template <class Wires>
constexpr std::size_t parts_in_place(std::size_t stage) {
    std::size_t result = 0;
    for (std::size_t i = 0; i < Wires::source_count(stage); ++i) {
        const std::size_t value = Wires::source(stage, i);
        result += !Wires::is_input(value) &&
                  Wires::place(value - Wires::inputs).buffer == Wires::place(stage).buffer;
    }
    return result;
}

/// The names of the layers that a head stands for, in a plan.
template <class Topology, std::size_t Stage>
std::string head_text() {
    using wires = training_wiring<Topology>;
    using stage = typename wires::stages::template element<Stage>;
    using head = typename stage::head;
    constexpr std::size_t node = wires::marks.stages[Stage].head;
    if constexpr (node == none)
        return concatenate("elements, ", stage::output_size);
    else {
        std::string result(wires::nodes::template element<node>::layer::label.view());
        if constexpr (head::has_product)
            append_to(result, concatenate(", ", head::inputs, " -> ", head::outputs));
        else if constexpr (head::parts > 1)
            append_to(result, concatenate(", ", head::parts, " values -> ", head::outputs));
        else
            append_to(result, concatenate(", ", head::inputs, " -> ", head::outputs));
        if constexpr (has_parameters<head> && wires::is_frozen(Stage))
            append_to(result, ", frozen");
        return result;
    }
}

template <class Topology, std::size_t Number>
void add_stage(std::string& plan, std::size_t bytes_of_number) {
    using flow = gradient_flow<Topology>;
    using wires = typename flow::wires;
    using stage = typename wires::stages::template element<Number>;
    using head = typename stage::head;
    using tail = typename stage::tail;
    constexpr bool carries_back = flow::carries_any(Number);
    constexpr bool learns = flow::learns(Number);
    const auto add = [&plan](const auto&... pieces) { (append_to(plan, pieces), ...); };

    add("stage ", Number + 1, ": ", head_text<Topology, Number>());
    if (stage::rows > 1)
        add(", ", stage::rows, " rows a sample");

    add("\n  forward   ");
    if constexpr (head::has_product)
        add(head::has_bias ? "product + bias" : "product");
    else if constexpr (head::joins)
        add("parts in place: ", parts_in_place<wires>(Number), " of ", head::parts);
    else if constexpr (wires::marks.stages[Number].head == none)
        add("x");
    else
        add(head::computation);
    if constexpr (!std::same_as<type_of<tail::training>, type_of<symbols::x>>)
        add(", then ", to_string(tail::training), " in registers");
    if constexpr (stage::has_softmax)
        add(", then softmax on rows of ", stage::closing::length);

    add("\n  keeps     output");
    if constexpr (stage::keeps_tail)
        add(stage::keeps_tail_input ? ", tail's input" : ", tail's output");
    add(": ", grouped(stage::output_size * bytes_of_number * (stage::keeps_tail ? 2 : 1)), " bytes a sample");
    if (wires::lies_apart(Number))
        add(", in the place where a concatenation wants it");

    add("\n  backward  ");
    if (!learns && !carries_back)
        add("nothing to learn");
    if (learns)
        add("weight gradient + update");
    if (carries_back)
        add(learns ? ", input gradient" : has_parameters<head> ? "input gradient" : "elements");
    if (!tail::is_identity && (learns || carries_back))
        add(", slope ", to_string(tail::slope), tail::redraws ? ", dropout drawn again" : "");
    add("\n  products  ", grouped(stage::product_flops), " FLOP a sample forward\n");
}

template <class Topology>
std::string describe_plan(std::size_t bytes_of_number) {
    using facts = plan_facts<Topology>;
    std::string plan;
    for_each_index<facts::wires::count>(
        [&](auto index) { add_stage<Topology, index>(plan, bytes_of_number); });
    return concatenate(
        plan, "kernels: ", facts::forward_kernels, " forward, ", facts::weight_gradient_kernels,
        " weight gradient + update, ", facts::input_gradient_kernels,
        " input gradient\nkept: ", grouped(facts::numbers_kept * bytes_of_number),
        " bytes a sample; products: ", grouped(facts::forward_flops), " FLOP forward, ",
        grouped(facts::backward_flops), " backward\nprediction: ", prediction_wiring<Topology>::count,
        " kernels; at most ", grouped(facts::prediction_peak * bytes_of_number),
        " bytes a sample between them at one time\n");
}
} // namespace detail

/// A table of the layers with their output shapes, the numbers that they learn, and their parameters' names.
template <class Topology>
std::string summary_of() {
    return detail::summarize(Topology{});
}

/// The plan in words: the stages, what each kernel computes, what is kept, what it costs.
template <class Topology>
std::string plan_of(std::size_t bytes_of_number) {
    return detail::describe_plan<Topology>(bytes_of_number);
}

} // namespace strata::bedrock
