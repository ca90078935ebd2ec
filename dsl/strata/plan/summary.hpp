// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/plan/facts.hpp>
#include <strata/topology/print.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace strata {

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

template <class Node>
constexpr std::size_t parameters_of() {
    if constexpr (requires { Node::layer::template parameter_count<typename Node::input>; })
        return Node::layer::template parameter_count<typename Node::input>;
    else
        return 0;
}

template <class Node>
void add_line(std::string& table) {
    append_to(table, padded(Node::layer::label, 28));
    append_to(table, padded(shape_text<typename Node::output>, 22));
    append_to(table, grouped(parameters_of<Node>()));
    append_to(table, "\n");
}

template <class Input, class Output, class... Nodes>
std::string summarize(topology<Input, Output, Nodes...>) {
    const std::string line(62, '-');
    std::string table = concatenate(padded("layer", 28), padded("output shape", 22), "parameters\n", line,
                                    "\n", padded("input", 28), padded(shape_text<Input>, 22), "0\n");
    for_each_type(type_list<Nodes...>{},
                  [&]<class Node>(std::type_identity<Node>) { add_line<Node>(table); });
    return concatenate(
        table, line, "\n", padded("total", 50),
        grouped(sum_over_types(type_list<Nodes...>{},
                               []<class Node>(std::type_identity<Node>) { return parameters_of<Node>(); })),
        "\n");
}

template <class Stage>
void add_stage(std::string& plan, std::size_t number, bool carries_back, std::size_t bytes_of_number) {
    using head = typename Stage::head;
    using tail = typename Stage::tail;
    constexpr bool has_weights = head::has_parameters;
    const auto add = [&plan](const auto&... pieces) { (append_to(plan, pieces), ...); };

    add("stage ", number, ": ");
    if constexpr (has_weights)
        add(head::layer::label.view(), ", ", head::inputs, " -> ", head::outputs);
    else
        add("elements, ", head::outputs);
    if (Stage::rows > 1)
        add(", ", Stage::rows, " rows a sample");

    add("\n  forward   ");
    if constexpr (has_weights)
        add(head::has_bias ? "product + bias" : "product");
    else
        add("x");
    if constexpr (!std::same_as<std::remove_const_t<decltype(tail::training)>,
                                std::remove_const_t<decltype(symbols::x)>>)
        add(", then ", to_string(tail::training), " in registers");
    if constexpr (Stage::has_softmax)
        add(", then softmax on rows of ", Stage::closing::length);

    add("\n  keeps     output");
    if constexpr (Stage::keeps_tail)
        add(Stage::keeps_tail_input ? ", tail's input" : ", tail's output");
    add(": ", grouped(Stage::output_size * bytes_of_number * (Stage::keeps_tail ? 2 : 1)), " bytes a sample");

    add("\n  backward  ");
    if (!has_weights && !carries_back)
        add("nothing to learn");
    if (has_weights)
        add("weight gradient + update");
    if (carries_back)
        add(has_weights ? ", input gradient" : "elements");
    if (!tail::is_identity && (has_weights || carries_back))
        add(", slope ", to_string(tail::slope), tail::redraws ? ", dropout drawn again" : "");
    add("\n  products  ", grouped(Stage::product_flops), " FLOP a sample forward\n");
}

template <class... Stages>
std::string describe_plan(stage_list<Stages...>, std::size_t bytes_of_number) {
    using facts = plan_facts<stage_list<Stages...>>;
    std::string plan;
    std::size_t number = 0;
    bool learns = false;
    for_each_type(stage_list<Stages...>{}, [&]<class Stage>(std::type_identity<Stage>) {
        add_stage<Stage>(plan, ++number, learns, bytes_of_number);
        learns = learns || Stage::head::has_parameters;
    });
    return concatenate(plan, "kernels: ", facts::forward_kernels, " forward, ",
                       facts::weight_gradient_kernels, " weight gradient + update, ",
                       facts::input_gradient_kernels,
                       " input gradient\nkept: ", grouped(facts::numbers_kept * bytes_of_number),
                       " bytes a sample; products: ", grouped(facts::forward_flops), " FLOP forward, ",
                       grouped(facts::backward_flops), " backward\n");
}
} // namespace detail

/// A table of the layers with their output shapes and parameters.
template <class Topology>
std::string summary_of() {
    return detail::summarize(Topology{});
}

/// The plan in words: the stages, what each kernel computes, what is kept, what it costs.
template <class Topology>
std::string plan_of(std::size_t bytes_of_number) {
    return detail::describe_plan(stages_of<Topology>{}, bytes_of_number);
}

} // namespace strata
