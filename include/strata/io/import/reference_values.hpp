// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/formula_layers.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// What a node gives for one sample, in double, the last axis fastest.
using reference_numbers = std::vector<double>;

/// A weight's numbers; none where the node has no such weight.
inline const std::vector<float>& weight_numbers(const graph_node& node, std::string_view name) {
    static const std::vector<float> none;
    const tensor* const found = node.weight(name);
    return found == nullptr ? none : found->numbers;
}

inline double logistic(double x) { return 1 / (1 + std::exp(-x)); }
inline double clipped(double x, double low, double high) { return std::min(std::max(x, low), high); }

/// The functions of one number, by the names that nodes have for them.
inline double apply_function(std::string_view kind, const graph_node& node, double x) {
    constexpr double root_two = 1.41421356237309504880;
    if (kind == "relu")
        return x < 0 ? 0 : x;
    if (kind == "relu6")
        return clipped(x, 0, 6);
    if (kind == "clipped")
        return clipped(x, node.number("low"), node.number("high"));
    if (kind == "thresholded_relu")
        return x > node.number("threshold") ? std::min(x, node.number("high", x))
                                            : node.number("slope") * (x - node.number("threshold"));
    if (kind == "leaky_relu")
        return x < 0 ? x * node.number("slope") : x;
    if (kind == "elu")
        return x < 0 ? node.number("alpha", 1) * std::expm1(x) : x;
    if (kind == "selu")
        return 1.0507009873554804934 * (x < 0 ? 1.6732632423543772848 * std::expm1(x) : x);
    if (kind == "gelu")
        return 0.5 * x * (1 + std::erf(x / root_two));
    if (kind == "sigmoid")
        return logistic(x);
    if (kind == "silu")
        return x * logistic(x);
    if (kind == "hard_sigmoid")
        return clipped(node.number("slope", 0.2) * x + node.number("offset", 0.5), 0, 1);
    if (kind == "hard_sigmoid6")
        return clipped(x / 6 + 0.5, 0, 1);
    if (kind == "hard_silu")
        return x * clipped(x / 6 + 0.5, 0, 1);
    if (kind == "tanh")
        return std::tanh(x);
    if (kind == "softplus")
        return x > 30 ? x : std::log1p(std::exp(x));
    if (kind == "softsign")
        return x / (1 + std::abs(x));
    if (kind == "exponential")
        return std::exp(x);
    if (const formula_layer* const formula = find_formula(kind))
        return formula->compute(node, x);
    return x; // linear, and what does nothing when a network predicts
}

/// A row of an embedding's table for each token. data_error for tokens that have none.
inline reference_numbers choose_rows(const graph_node& node, const reference_numbers& tokens) {
    const std::vector<float>& table = weight_numbers(node, "embeddings");
    const std::size_t width = node.shape.back();
    const std::size_t count = table.size() / width;
    reference_numbers result;
    for (const double token : tokens) {
        if (!(token >= 0 && token < static_cast<double>(count)))
            internal::raise(data_error{internal::concatenate("embedding ", internal::shown(node.name),
                                                             ": expected tokens from 0 to ", count - 1,
                                                             ", found ", std::to_string(token))});
        const auto begin =
            table.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(token) * width);
        result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
    }
    return result;
}

/// Of the attribute of a recurrent layer, where nothing else is said.
inline double apply_cell_function(const graph_node& node, std::string_view key, std::string_view preset,
                                  double x) {
    static const graph_node plain{};
    return apply_function(node.text(key, preset), plain, x);
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
