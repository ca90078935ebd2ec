// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/layers/dot.hpp>
#include <strata/layers/resample.hpp>
#include <strata/layers/window.hpp>
#include <strata/learning/gradient_needs.hpp>
#include <strata/setting.hpp>
#include <strata/topology/node_head.hpp>
#include <strata/topology/print.hpp>
#include <strata/topology/shared_nodes.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::internal {

// What a network computes and an optimizer keeps, in lines: two that differ are not one network. The same on
// every compiler and for all registers. What acts in training alone (dropout, noise, penalties, frozen parts)
// may change between two parts of a training, and is not said.

inline void append_window(std::string& line, const window& geometry) {
    append(line, ", window");
    for (std::size_t i = 3 - geometry.rank; i < 3; ++i) {
        const window_axis& axis = geometry.axes[i];
        append(line, " ", axis.taps, "/", axis.stride, "/", axis.dilation, "/", axis.padding_begin);
    }
}

inline void append_axes(std::string& line, const std::array<resample_axis, 3>& axes) {
    append(line, ", axes");
    for (const resample_axis& axis : axes) {
        append(line, " ", static_cast<unsigned>(axis.kind), "/", axis.padding_begin, "/", axis.cropped, "/",
               axis.factor);
        if (axis.kind == resample_axis::rule::line || axis.kind == resample_axis::rule::closest)
            append(line, "/", static_cast<unsigned>(axis.corners), "/", static_cast<unsigned>(axis.rounding));
    }
}

template <class Head>
void append_operands(std::string&, std::type_identity<Head>) {}
template <class Left, class Right, bool Swapped, bool Normalized>
void append_operands(std::string& line, std::type_identity<dot_product<Left, Right, Swapped, Normalized>>) {
    append(line, ", along ", Left::is_last ? "last" : "first", " and ", Right::is_last ? "last" : "first",
           Normalized ? ", normalized" : "");
}

inline void append_sources(std::string& line, std::span<const std::size_t> sources) {
    append(line, " of");
    for (const std::size_t source : sources)
        append(line, " ", source);
    append(line, "\n");
}

/// One layer: its label, its options in numbers, its output and its arrays.
template <class Node>
[[gnu::cold]] void append_layer(std::string& line) {
    using layer = typename Node::layer;
    using head = head_of_node<Node>;
    append(line, layer::label.view());
    if constexpr (std::is_same_v<typename layer::role, role::pointwise>) {
        if constexpr (requires { to_string(layer::formula); })
            append(line, " ", to_string(layer::formula));
    }
    if constexpr (requires { append_window(line, head::geometry); })
        append_window(line, head::geometry);
    if constexpr (requires { append_axes(line, head::axes); })
        append_axes(line, head::axes);
    if constexpr (requires { head::steps.size(); })
        for (const std::size_t step : head::steps)
            append(line, ", step ", step);
    if constexpr (requires { std::size_t{head::groups}; })
        append(line, ", groups ", head::groups);
    if constexpr (requires { static_cast<unsigned>(head::kind); })
        append(line, ", kind ", static_cast<unsigned>(head::kind));
    if constexpr (requires { double{layer::epsilon}; })
        append(line, ", epsilon ", number_to_string(layer::epsilon));
    if constexpr (requires { double{head::masked_value}; })
        append(line, ", value ", number_to_string(head::masked_value));
    if constexpr (requires { requires head::layer::reads_mask && head::layer::zeroes_masked; })
        append(line, ", zeros");
    append_operands(line, std::type_identity<head>{});
    append(line, ", ", detail::shape_text<typename Node::output>.view());
    for_each_parameter<head>([&]<class Parameter>(std::type_identity<Parameter>) {
        append(line, ", ", Parameter::name.view(), " ", detail::shape_text<typename Parameter::shape>.view());
    });
}

template <class... Inputs, class... Ends, class... Nodes>
void append_network(std::string& lines, topology<type_list<Inputs...>, type_list<Ends...>, Nodes...>) {
    (append(lines, "input ", detail::shape_text<Inputs>.view(), "\n"), ...);
    std::size_t number = 0;
    for_each_type(type_list<Nodes...>{}, [&]<class Node>(std::type_identity<Node>) {
        append_layer<Node>(lines);
        using whole = topology<type_list<Inputs...>, type_list<Ends...>, Nodes...>;
        if (const std::size_t first = first_of_shared<whole>(number); first != number)
            append(lines, ", those of layer ", first + 1);
        ++number;
        append_sources(lines, detail::source_numbers<typename Node::sources>::values);
    });
    append(lines, "outputs");
    (append(lines, " ", Ends::value), ...);
    append(lines, "\n");
}

/// The rule of an optimizer; its numbers, as the rate, are the program's.
template <class Optimizer>
[[gnu::cold]] void append_optimizer(std::string& line) {
    using rule = decltype(detail::whole_rule<Optimizer>());
    append(line, "optimizer");
    rule::run(&line, [](std::string* text, auto variable, auto formula) {
        append(*text, " ", to_string(variable), " = ");
        detail::append_formula(*text, formula, true);
        append(*text, ";");
        return text;
    });
    if constexpr (requires { Optimizer::clipped_norms; })
        append(line, " by ", Optimizer::clipped_norms);
    constexpr std::size_t batches = batches_of_update<Optimizer>;
    if (batches > 1)
        append(line, " every ", batches, " batches");
    append(line, "\n");
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
