// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_layer.hpp>
#include <strata/setting.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// A matrix [rows of an image, ...] whose rows follow the image as ONNX flattens it.
inline std::pair<extents, std::vector<float>> rows_of_image(const onnx_layer& layer,
                                                            const onnx_value& value) {
    const extents& shape = layer.shape("kernel");
    extents whole = value.image;
    whole.push_back(shape[1]);
    extents order = order_of(value.image_order);
    order.push_back(order.size());
    return {shape, turn_numbers(layer.numbers("kernel"), whole, order)};
}

/// A dense layer: `Gemm` of rows, `MatMul` and `Add` of more axes. Behind a flattened image its kernel's rows
/// are turned instead of the image.
inline void write_dense(onnx_layer& layer) {
    const onnx_value& given = layer.source();
    if (given.is_flattened()) {
        // Layers that share weights may read images of other shapes.
        std::string form = "image";
        for (const std::size_t extent : given.image)
            internal::append(form, "_", extent);
        const std::string kernel = layer.weight(
            "kernel", [&] { return rows_of_image(layer, given); }, form);
        std::vector<std::string> inputs{given.name, kernel};
        if (layer.has("bias"))
            inputs.push_back(layer.weight("bias"));
        return layer.make_plain(layer.graph.add("Gemm", std::move(inputs)));
    }
    const std::string x = layer.graph.arrange_plain(given).name;
    const std::string kernel = layer.weight("kernel");
    if (given.rank() == 1 && layer.has("bias"))
        return layer.make_plain(layer.graph.add("Gemm", {x, kernel, layer.weight("bias")}));
    const std::string product = layer.graph.add("MatMul", {x, kernel});
    layer.make_plain(layer.has("bias") ? layer.graph.add("Add", {product, layer.weight("bias")}) : product);
}

/// Rows of a table for whole numbers. An input that nothing else reads holds such numbers itself.
inline void write_lookup(onnx_layer& layer) {
    const std::string table = layer.weight("embeddings");
    std::string tokens = layer.graph.arrange_plain(layer.source()).name;
    if (!layer.source().is_whole)
        tokens = layer.graph.add("Cast", {tokens}, {{"to", static_cast<std::int64_t>(onnx_number::whole)}});
    layer.make_plain(layer.graph.add("Gather", {table, tokens}));
}
/// Products of rows with the rows of a table, which may be that of a lookup.
inline void write_table_product(onnx_layer& layer) {
    const std::string x = layer.graph.arrange_plain(layer.source()).name;
    const std::string table = layer.weight("embeddings");
    if (layer.source().rank() == 1)
        return layer.make_plain(layer.graph.add("Gemm", {x, table}, {{"transB", std::int64_t{1}}}));
    const std::string turned = layer.graph.add("Transpose", {table}, {{"perm", wholes{1, 0}}});
    layer.make_plain(layer.graph.add("MatMul", {x, turned}));
}

/// A slope for each number, each channel, or all of them.
inline void write_slopes(onnx_layer& layer) {
    const onnx_value& given = layer.source();
    onnx_value value = given.is_flattened() ? layer.graph.arrange_plain(given) : given;
    value.name = layer.graph.add("PRelu", {value.name, layer.spread_weight("alpha", value)});
    layer.make(std::move(value));
}

/// A row for each step.
inline void write_positions(onnx_layer& layer) {
    const std::string x = layer.graph.arrange_plain(layer.source()).name;
    const std::size_t steps = layer.output[0];
    const std::size_t width = layer.output[1];
    if (layer.has("embeddings"))
        return layer.make_plain(layer.graph.add("Add", {x, layer.weight("embeddings")}));
    std::vector<float> waves;
    for (std::size_t step = 0; step < steps; ++step)
        for (std::size_t i = 0; i < width; ++i) {
            const double exponent = static_cast<double>(i / 2 * 2) / static_cast<double>(width);
            const double angle = static_cast<double>(step) * std::pow(10000.0, -exponent);
            waves.push_back(static_cast<float>(i % 2 == 0 ? std::sin(angle) : std::cos(angle)));
        }
    layer.make_plain(layer.graph.add("Add", {x, layer.graph.constant({steps, width}, waves)}));
}

/// Numbers i and i + width / 2 of each head, turned by an angle that grows with the step.
inline void write_rotation(onnx_layer& layer, std::size_t heads, std::size_t width, double base) {
    onnx_network& graph = layer.graph;
    const std::size_t steps = layer.output[0];
    const std::size_t half = width / 2;
    std::vector<float> cosines;
    std::vector<float> sines;
    for (std::size_t step = 0; step < steps; ++step)
        for (std::size_t i = 0; i < half; ++i) {
            const double exponent = 2 * static_cast<double>(i) / static_cast<double>(width);
            const double angle = static_cast<double>(step) * std::pow(base, -exponent);
            cosines.push_back(static_cast<float>(std::cos(angle)));
            sines.push_back(static_cast<float>(std::sin(angle)));
        }
    const std::string c = graph.constant({steps, 1, half}, cosines);
    const std::string s = graph.constant({steps, 1, half}, sines);
    const std::string x = graph.reshape(graph.arrange_plain(layer.source()).name, {steps, heads, width});
    const auto parts = graph.add_several("Split", {x}, 2, {{"axis", std::int64_t{-1}}});
    const std::string left =
        graph.add("Sub", {graph.add("Mul", {parts[0], c}), graph.add("Mul", {parts[1], s})});
    const std::string right =
        graph.add("Add", {graph.add("Mul", {parts[1], c}), graph.add("Mul", {parts[0], s})});
    layer.make_plain(
        graph.reshape(graph.add("Concat", {left, right}, {{"axis", std::int64_t{-1}}}), layer.output));
}

/// How the vectors of a dot product lie in a value: `count` of `length` numbers, across where it is turned.
struct dot_vectors {
    std::size_t count;
    std::size_t length;
    bool is_last;
};
/// Products of all vectors of one value with all of another one.
inline void write_dot(onnx_layer& layer, dot_vectors left, dot_vectors right, bool is_swapped,
                      bool is_normalized) {
    onnx_network& graph = layer.graph;
    const auto matrix = [&](const onnx_value& value, const dot_vectors& vectors, bool wants_turned) {
        const std::string x = graph.arrange_plain(value).name;
        std::string rows = graph.reshape(x, vectors.is_last ? extents{vectors.count, vectors.length}
                                                            : extents{vectors.length, vectors.count});
        if (is_normalized) {
            const std::string squares =
                graph.add("ReduceSumSquare", {rows},
                          {{"axes", wholes{vectors.is_last ? 2 : 1}}, {"keepdims", std::int64_t{1}}});
            rows = graph.add("Div",
                             {rows, graph.add("Sqrt", {graph.add("Max", {squares, graph.constant(1e-12)})})});
        }
        return vectors.is_last == wants_turned ? graph.add("Transpose", {rows}, {{"perm", wholes{0, 2, 1}}})
                                               : rows;
    };
    const std::string a = matrix(layer.sources[is_swapped ? 1 : 0], left, false);
    const std::string b = matrix(layer.sources[is_swapped ? 0 : 1], right, true);
    layer.make_plain(graph.reshape(graph.add("MatMul", {a, b}), layer.output));
}

} // namespace strata::bedrock::inline STRATA_SETTING::exports
