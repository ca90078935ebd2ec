// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

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
        digits.insert(place - 3, ",");
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
std::string summary_line() {
    return padded(Node::layer::label, 28) + padded(shape_text<typename Node::output>, 22) +
           grouped(parameters_of<Node>()) + "\n";
}

template <class Input, class Output, class... Nodes>
std::string summarize(topology<Input, Output, Nodes...>) {
    const std::string line(62, '-');
    std::string result = padded("layer", 28) + padded("output shape", 22) + "parameters\n" + line + "\n" +
                         padded("input", 28) + padded(shape_text<Input>, 22) + "0\n";
    ((result += summary_line<Nodes>()), ...);
    return result + line + "\n" + padded("total", 50) +
           grouped((parameters_of<Nodes>() + ... + std::size_t{0})) + "\n";
}

template <class Stage>
std::string stage_lines(std::size_t number, bool carries_back, std::size_t bytes_of_number) {
    using tail = typename Stage::tail;
    const auto sizes = std::to_string(Stage::head::inputs) + " -> " + std::to_string(Stage::head::outputs);
    std::string result = "stage " + std::to_string(number) + ": ";
    if constexpr (Stage::head::has_parameters)
        result += std::string(Stage::head::layer::label.view()) + ", " + sizes;
    else
        result += "elements, " + std::to_string(Stage::head::outputs);
    if (Stage::rows > 1)
        result += ", " + std::to_string(Stage::rows) + " rows a sample";
    result += "\n  forward   ";
    if constexpr (Stage::head::has_parameters)
        result += Stage::head::has_bias ? "product + bias" : "product";
    else
        result += "x";
    if constexpr (!std::same_as<std::remove_const_t<decltype(tail::training)>,
                                std::remove_const_t<decltype(symbols::x)>>)
        result += ", then " + to_string(tail::training) + " in registers";
    if constexpr (Stage::has_softmax)
        result += ", then softmax on rows of " + std::to_string(Stage::closing::length);
    result += "\n  keeps     output";
    if constexpr (Stage::keeps_tail)
        result += Stage::keeps_tail_input ? ", tail's input" : ", tail's output";
    result += ": " + grouped(Stage::output_size * bytes_of_number * (Stage::keeps_tail ? 2 : 1)) +
              " bytes a sample";
    result += "\n  backward  ";
    if constexpr (Stage::head::has_parameters)
        result += "weight gradient + update";
    if (carries_back)
        result += Stage::head::has_parameters ? ", input gradient" : "elements";
    if constexpr (!tail::is_identity)
        result += std::string(Stage::head::has_parameters || carries_back ? ", " : "") + "slope " +
                  to_string(tail::slope) + (tail::redraws ? ", dropout drawn again" : "");
    return result + "\n  products  " + grouped(Stage::product_flops) + " FLOP a sample forward\n";
}

template <class... Stages>
std::string describe_plan(stage_list<Stages...>, std::size_t bytes_of_number) {
    using facts = plan_facts<stage_list<Stages...>>;
    std::string result;
    std::size_t number = 0;
    bool learns = false;
    ((result += stage_lines<Stages>(++number, learns, bytes_of_number),
      learns = learns || Stages::head::has_parameters),
     ...);
    return result + "kernels: " + std::to_string(facts::forward_kernels) + " forward, " +
           std::to_string(facts::weight_gradient_kernels) + " weight gradients + updates, " +
           std::to_string(facts::input_gradient_kernels) +
           " input gradients\nkept: " + grouped(facts::numbers_kept * bytes_of_number) +
           " bytes a sample; products: " + grouped(facts::forward_flops) + " FLOP forward, " +
           grouped(facts::backward_flops) + " backward\n";
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
