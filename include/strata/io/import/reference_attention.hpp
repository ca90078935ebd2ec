// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/reference_values.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Rows of numbers with their width.
struct reference_rows {
    reference_numbers numbers;
    std::size_t width;
    [[nodiscard]] std::size_t count() const { return numbers.size() / width; }
};

/// softmax(q k * scale) v, head by head.
inline reference_numbers attend(const reference_rows& queries, const reference_rows& keys,
                                const reference_rows& values, std::size_t heads, double scale,
                                bool is_causal) {
    const std::size_t key_width = keys.width / heads;
    const std::size_t value_width = values.width / heads;
    reference_numbers y(queries.count() * values.width, 0);
    for (std::size_t head = 0; head < heads; ++head)
        for (std::size_t i = 0; i < queries.count(); ++i) {
            const std::size_t seen = is_causal ? std::min(i + 1, keys.count()) : keys.count();
            reference_numbers scores(seen, 0);
            for (std::size_t j = 0; j < seen; ++j)
                for (std::size_t k = 0; k < key_width; ++k)
                    scores[j] += queries.numbers[i * queries.width + head * key_width + k] *
                                 keys.numbers[j * keys.width + head * key_width + k] * scale;
            const double largest = *std::max_element(scores.begin(), scores.end());
            double sum = 0;
            for (double& score : scores)
                sum += score = std::exp(score - largest);
            for (std::size_t j = 0; j < seen; ++j)
                for (std::size_t k = 0; k < value_width; ++k)
                    y[i * values.width + head * value_width + k] +=
                        scores[j] / sum * values.numbers[j * values.width + head * value_width + k];
        }
    return y;
}

/// Rows, times a kernel, plus a bias.
inline reference_rows project(const reference_rows& x, const std::vector<float>& kernel,
                              const std::vector<float>& bias) {
    const std::size_t width = kernel.size() / x.width;
    reference_rows y{reference_numbers(x.count() * width, 0), width};
    for (std::size_t row = 0; row < x.count(); ++row)
        for (std::size_t j = 0; j < width; ++j) {
            double sum = bias.empty() ? 0 : double{bias[j]};
            for (std::size_t k = 0; k < x.width; ++k)
                sum += x.numbers[row * x.width + k] * double{kernel[k * width + j]};
            y.numbers[row * width + j] = sum;
        }
    return y;
}

/// `attention` and `dot_attention`.
inline reference_numbers compute_attention(const graph_node& node,
                                           const std::vector<const reference_numbers*>& sources,
                                           const std::vector<const extents*>& shapes) {
    const std::size_t heads = node.count("heads", 1);
    const bool is_causal = node.number("causal") != 0;
    const auto rows = [&](std::size_t index) {
        return reference_rows{*sources[index], shapes[index]->back()};
    };
    if (node.kind == "dot_attention") {
        const double width = static_cast<double>(shapes[1]->back() / heads);
        return attend(rows(0), rows(1), rows(2), heads, node.number("scale", 1 / std::sqrt(width)),
                      is_causal);
    }
    const auto part = [&](const std::string& name, const reference_rows& x) {
        return project(x, weight_numbers(node, "attention." + name + ".kernel"),
                       weight_numbers(node, "attention." + name + ".bias"));
    };
    const reference_rows memory = rows(sources.size() - 1);
    const reference_rows values = part("value", memory);
    const double scale = 1 / std::sqrt(node.number("key_width"));
    return part("output",
                {attend(part("query", rows(0)), part("key", memory), values, heads, scale, is_causal),
                 values.width})
        .numbers;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
