// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/plan/facts.hpp>
#include <strata/plan/mask_use.hpp>
#include <strata/plan/names.hpp>
#include <strata/setting.hpp>
#include <strata/topology/parameter_count.hpp>
#include <strata/topology/print.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a stage's kernels compute by Winograd's products: its results, and the derivatives by its source.
struct winograd_use {
    bool results = false;
    bool derivatives = false;
};

namespace detail {
/// Digits in groups of three: 407,050.
[[gnu::noinline]] inline std::string grouped(std::size_t number) {
    std::string digits = concatenate(number);
    for (std::size_t place = digits.size(); place > 3; place -= 3)
        digits.insert(place - 3, 1, ','); // g++ 12 warns of the overload for texts, wrongly
    return digits;
}

/// A text and the spaces up to the next column.
[[gnu::noinline]] inline void append_cell(std::string& table, std::string_view text, std::size_t width) {
    append(table, text);
    table.append(text.size() < width ? width - text.size() : 1, ' ');
}

/// What the table of layers says of an input or a layer, but for the names of parameters.
struct table_line {
    std::string_view label;
    std::string_view output;
    std::size_t learnt;
    bool is_frozen;
    std::size_t first = 0; ///< the first layer with its weights, counted from 0
};

inline std::string table_of(std::span<const table_line> lines, std::size_t inputs,
                            std::span<const layer_name> layers, std::span<const array_mark> arrays,
                            std::size_t total) {
    const std::string rule(62, '-');
    std::string table;
    append_cell(table, "layer", 28);
    append_cell(table, "output shape", 22);
    append_cell(table, "parameters", 12);
    append(table, "names\n", rule, "\n");
    for (std::size_t i = 0; i < lines.size(); ++i) {
        append_cell(table, lines[i].label, 28);
        append_cell(table, lines[i].output, 22);
        const std::string count = grouped(lines[i].learnt);
        // The names of its parameters: "dense_1.kernel .bias".
        bool is_named = false;
        const bool is_again = i >= inputs && lines[i].first + inputs != i;
        for (const array_mark& array : arrays) {
            if (i < inputs || lines[i].first != array.node)
                continue;
            if (is_named)
                append(table, " .", array.name);
            else {
                append_cell(table, count, 12);
                append(table, layers[array.node].string(), ".", array.name);
            }
            is_named = true;
        }
        append(table, is_named ? "" : count, is_named && lines[i].is_frozen ? ", frozen" : "",
               is_named && is_again ? ", shared\n" : "\n");
    }
    append(table, rule, "\n");
    append_cell(table, "total", 50);
    append(table, grouped(total), "\n");
    return table;
}

template <class... Inputs, class Ends, class... Nodes>
std::string summarize(topology<type_list<Inputs...>, Ends, Nodes...> network) {
    using names = network_names<topology<type_list<Inputs...>, Ends, Nodes...>>;
    static constexpr auto lines = [] {
        std::array<table_line, sizeof...(Inputs) + sizeof...(Nodes)> result{
            table_line{"input", shape_text<Inputs>.view(), 0, false}...,
            table_line{Nodes::layer::label.view(), shape_text<typename Nodes::output>.view(),
                       parameters_in<head_of_node<Nodes>>.learnt, Nodes::layer::is_frozen}...};
        for (std::size_t layer = 0; layer < sizeof...(Nodes); ++layer) {
            table_line& line = result[sizeof...(Inputs) + layer];
            line.first = names::first(layer);
            if (line.first != layer)
                line.learnt = 0;
        }
        return result;
    }();
    static constexpr auto layers = names::layers();
    return table_of(lines, sizeof...(Inputs), layers, names::arrays, parameter_count(network));
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

/// What a plan says of a stage, but for its formulas.
struct stage_words {
    std::string_view label;       ///< of the head; empty for a stage of nothing but a tail
    std::string_view computation; ///< of a head without a product
    std::size_t inputs, outputs, parts, parts_in_place;
    std::size_t rows, output_size, kept_size, softmax_length, flops;
    bool has_product, has_bias, has_parameters, joins;
    bool keeps_tail, keeps_tail_input, slope_drops, lies_apart;
    bool learns, carries_back, is_frozen;
    bool shares;       ///< whether other stages have its parameters, too
    std::size_t owner; ///< the first of these
};

template <class Topology, std::size_t Number>
constexpr stage_words words_of_stage() {
    using flow = gradient_flow<Topology>;
    using wires = typename flow::wires;
    using stage = type_at<Number, typename wires::stages>;
    using head = typename stage::head;
    constexpr std::size_t node = wires::marks.stages[Number].head;
    stage_words words{};
    if constexpr (node != none) {
        words.label = wires::nodes::template element<node>::layer::label.view();
        words.is_frozen = has_parameters<head> && wires::is_frozen(Number);
        if constexpr (!head::has_product && !head::joins)
            words.computation = head::computation.view();
    }
    words.inputs = head::inputs;
    words.outputs = head::outputs;
    words.parts = head::parts;
    if constexpr (head::joins)
        words.parts_in_place = parts_in_place<wires>(Number);
    words.rows = stage::rows;
    words.output_size = stage::output_size;
    words.softmax_length = stage::closing::length;
    words.flops = stage::product_flops;
    words.has_product = head::has_product;
    if constexpr (head::has_product)
        words.has_bias = head::has_bias;
    words.has_parameters = has_parameters<head>;
    words.joins = head::joins;
    words.kept_size = head::kept_size;
    words.keeps_tail = stage::keeps_tail;
    words.keeps_tail_input = stage::keeps_tail_input;
    words.slope_drops = stage::tail::slope_drops;
    words.lies_apart = wires::lies_apart(Number);
    words.learns = flow::learns(Number);
    words.carries_back = flow::carries_any(Number);
    words.owner = wires::owner(Number);
    words.shares = words.has_parameters && wires::user_count(words.owner) > 1;
    return words;
}

/// `tail` and `slope` are empty where they change nothing.
inline void add_stage(std::string& plan, std::size_t number, const stage_words& stage,
                      const std::string& tail, const std::string& slope, std::size_t bytes_of_number,
                      winograd_use winograd) {
    append(plan, "stage ", number + 1, ": ");
    if (stage.label.empty())
        append(plan, "elements, ", stage.output_size);
    else if (!stage.has_product && stage.parts > 1)
        append(plan, stage.label, ", ", stage.parts, " values -> ", stage.outputs);
    else
        append(plan, stage.label, ", ", stage.inputs, " -> ", stage.outputs);
    if (stage.is_frozen)
        append(plan, ", frozen");
    if (stage.owner != number)
        append(plan, ", with the parameters of stage ", stage.owner + 1);
    if (stage.rows > 1)
        append(plan, ", ", stage.rows, " rows a sample");

    append(plan, "\n  forward   ");
    if (stage.has_product)
        append(plan, stage.has_bias ? "product + bias" : "product",
               winograd.results ? " by Winograd's F(4 x 4, 3 x 3)" : "");
    else if (stage.joins)
        append(plan, "parts in place: ", stage.parts_in_place, " of ", stage.parts);
    else
        append(plan, stage.label.empty() ? "x" : stage.computation);
    if (!tail.empty())
        append(plan, ", then ", tail, " in registers");
    if (stage.softmax_length > 0)
        append(plan, ", then softmax on rows of ", stage.softmax_length);

    append(plan, "\n  keeps     output");
    if (stage.keeps_tail)
        append(plan, stage.keeps_tail_input ? ", tail's input" : ", tail's output");
    const std::size_t kept = stage.kept_size + stage.output_size * (stage.keeps_tail ? 2 : 1);
    append(plan, stage.kept_size > 0 ? ", what its kernels need: " : ": ", grouped(kept * bytes_of_number),
           " bytes a sample", stage.lies_apart ? ", in the place where a concatenation wants it" : "");

    append(plan, "\n  backward  ");
    if (!stage.learns && !stage.carries_back)
        append(plan, "nothing to learn");
    if (stage.learns && stage.owner != number)
        append(plan, "weight gradient, added to that of stage ", stage.owner + 1);
    else if (stage.learns)
        append(plan, stage.shares ? "weight gradient, stored" : "weight gradient + update");
    if (stage.carries_back)
        append(plan, stage.learns           ? ", input gradient"
                     : stage.has_parameters ? "input gradient"
                                            : "elements");
    if (stage.carries_back && winograd.derivatives)
        append(plan, " by Winograd's F(4 x 4, 3 x 3)");
    if (!slope.empty() && (stage.learns || stage.carries_back))
        append(plan, ", slope ", slope, stage.slope_drops ? ", with the choices of dropout" : "");
    append(plan, "\n  products  ", grouped(stage.flops), " FLOP a sample forward\n");
}

template <class Topology>
std::string describe_plan(std::size_t bytes_of_number, std::span<const winograd_use> winograd) {
    using facts = plan_facts<Topology>;
    std::string plan;
    bool is_rounded = false;
    for_each_index<facts::wires::count>([&](auto index) {
        using tail = typename type_at<index, typename facts::stages>::tail;
        std::string formula;
        std::string slope;
        if constexpr (!std::same_as<type_of<tail::training>, type_of<symbols::x>>)
            formula = to_string(tail::training);
        if constexpr (!tail::has_unit_slope)
            slope = to_string(tail::slope);
        static constexpr stage_words words = words_of_stage<Topology, index>();
        const winograd_use use = index < winograd.size() ? winograd[index] : winograd_use{};
        is_rounded = is_rounded || use.results || (use.derivatives && words.carries_back);
        add_stage(plan, index, words, formula, slope, bytes_of_number, use);
    });
    for_each_index<facts::wires::output_count>([&](auto output) {
        if constexpr (mask_size<Topology, output> != 0)
            append(plan, "mask of output ", output + 1, ": that of stage ", mask_stage<Topology, output> + 1,
                   "; its losses and metrics count the steps that it leaves\n");
    });
    append(plan, "kernels: ", facts::forward_kernels, " forward, ", facts::weight_gradient_kernels,
           " weight gradient + update, ", facts::input_gradient_kernels,
           " input gradient\nkept: ", grouped(facts::numbers_kept * bytes_of_number),
           " bytes a sample; products: ", grouped(facts::forward_flops), " FLOP forward, ",
           grouped(facts::backward_flops), " backward\nprediction: ", prediction_wiring<Topology>::count,
           " kernels; at most ", grouped(facts::prediction_peak * bytes_of_number),
           " bytes a sample between them at one time\n");
    if (is_rounded)
        append(plan,
               "rounding: Winograd's products lose about a digit; the option direct asks for plain sums\n");
    return plan;
}
} // namespace detail

/// A table of the layers with their output shapes, the numbers that they learn, and their parameters' names.
template <class Topology>
std::string summary_of() {
    return detail::summarize(Topology{});
}

/// The plan in words: the stages, what each kernel computes, what is kept, what it costs. Kernels decide on
/// Winograd's products for the registers that there are, so they say it, stage by stage.
template <class Topology>
std::string plan_of(std::size_t bytes_of_number, std::span<const winograd_use> winograd = {}) {
    return detail::describe_plan<Topology>(bytes_of_number, winograd);
}

} // namespace strata::bedrock::inline STRATA_SETTING
