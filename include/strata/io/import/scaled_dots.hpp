// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/import/graph.hpp>
#include <strata/io/import/shapes.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// Finds dot products of vectors that are scaled to the length 1 first, x / sqrt(max(sum(x x), 1e-12)), which
/// ONNX says by several operations and strata by the product's own option.
class scaled_dots {
public:
    explicit scaled_dots(model_graph& graph) : graph_(graph) {}

    void join() {
        for (graph_node& node : graph_.nodes) {
            const std::vector<double> axes = node.list("axes");
            if (node.kind != "dot" || node.sources.size() != 2 || axes.size() != 2 ||
                node.number("normalize") != 0)
                continue;
            const auto left = unscaled(node.sources[0], axes[0]);
            const auto right = unscaled(node.sources[1], axes[1]);
            if (!left || !right)
                continue;
            node.sources = {*left, *right};
            node.attributes["normalize"] = 1.0;
        }
    }

private:
    [[nodiscard]] const graph_node& node(std::size_t number) const { return graph_.nodes[number]; }
    /// A node of a kind in front of reshapes, which leave the order of numbers; nothing for another kind.
    [[nodiscard]] std::optional<std::size_t> find(std::size_t number, std::string_view kind) const {
        while (node(number).kind == "reshape")
            number = node(number).sources.front();
        return node(number).kind == kind && node(number).sources.size() == 1 ? std::optional(number)
                                                                             : std::nullopt;
    }
    [[nodiscard]] std::optional<std::size_t> find_source(std::size_t number, std::string_view kind) const {
        const auto found = find(number, kind);
        return found ? std::optional(node(*found).sources.front()) : std::nullopt;
    }

    /// The value whose vectors along an axis a product has scaled; nothing for other nodes.
    [[nodiscard]] std::optional<std::size_t> unscaled(std::size_t number, double counted) const {
        const graph_node& product = node(number);
        const auto axis = axis_in(counted, product.shape.size());
        if (product.kind != "multiply" || product.sources.size() != 2 || !axis)
            return std::nullopt;
        for (const std::size_t place : {std::size_t{0}, std::size_t{1}})
            if (is_inverse_length(product.sources[1 - place], product.sources[place], *axis))
                return product.sources[place];
        return std::nullopt;
    }
    /// Whether a value is, at each place, one over the length of another value's vector along an axis.
    [[nodiscard]] bool is_inverse_length(std::size_t number, std::size_t vectors, std::size_t axis) const {
        extents narrow = node(vectors).shape;
        narrow[axis] = 1;
        if (const graph_node& spread = node(number);
            spread.kind == "expand" ||
            (spread.kind == "upsample" && spread.text("interpolation", "nearest") == "nearest"))
            number = spread.sources.front();
        if (node(number).shape != narrow)
            return false;
        auto root = find_source(number, "reciprocal_root");
        if (!root) {
            const auto length = find_source(number, "reciprocal");
            root = length ? find_source(*length, "sqrt") : std::nullopt;
        }
        const auto bounded = root ? find(*root, "clipped") : std::nullopt;
        if (!bounded || static_cast<float>(node(*bounded).number("low")) != 1e-12F ||
            node(*bounded).number("high") < double{std::numeric_limits<float>::max()})
            return false;
        const auto sum = find(node(*bounded).sources.front(), "reduce_sum");
        if (!sum || node(*sum).list("axes") != std::vector<double>{static_cast<double>(axis)})
            return false;
        const graph_node& squares = node(node(*sum).sources.front());
        const bool is_square =
            squares.kind == "square" || (squares.kind == "multiply" && squares.sources.size() == 2 &&
                                         squares.sources[0] == squares.sources[1]);
        return is_square && squares.sources.front() == vectors;
    }

    model_graph& graph_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
