// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/reference_values.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// The dot products of two values' vectors, each with each, as Keras's Dot.
inline reference_numbers take_dot(const graph_node& node,
                                  const std::vector<const reference_numbers*>& sources,
                                  const std::vector<const extents*>& shapes) {
    struct operand {
        std::size_t count, length;
        bool is_last; // whether the numbers of a vector are neighbours
    };
    std::array<reference_numbers, 2> rows;
    std::array<operand, 2> operands{};
    for (std::size_t i = 0; i < 2; ++i) {
        const extents& shape = *shapes[i];
        const std::size_t axis = *axis_in(node.list("axes")[i], shape.size());
        operand& one =
            operands[i] = {sources[i]->size() / shape[axis], shape[axis], axis + 1 == shape.size()};
        for (std::size_t v = 0; v < one.count; ++v) {
            double square = 0;
            for (std::size_t k = 0; k < one.length; ++k) {
                rows[i].push_back((*sources[i])[one.is_last ? v * one.length + k : k * one.count + v]);
                square += rows[i].back() * rows[i].back();
            }
            constexpr double least_square = 1e-12;
            if (node.number("normalize") != 0)
                for (std::size_t k = 0; k < one.length; ++k)
                    rows[i][v * one.length + k] /= std::sqrt(std::max(square, least_square));
        }
    }
    reference_numbers y;
    const std::size_t length = operands[0].length;
    for (std::size_t a = 0; a < operands[0].count; ++a)
        for (std::size_t b = 0; b < operands[1].count; ++b) {
            double sum = 0;
            for (std::size_t k = 0; k < length; ++k)
                sum += rows[0][a * length + k] * rows[1][b * length + k];
            y.push_back(sum);
        }
    return y;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
