// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/io/export/onnx_network.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// An array of a network's parameters: its shape in the conventional order, and where its numbers come from.
struct onnx_array {
    extents shape;
    std::function<std::vector<float>()> numbers;
};
using onnx_arrays = std::map<std::string, onnx_array>;

/// One layer on its way into a graph of ONNX: what it reads, its arrays, and what it makes.
struct onnx_layer {
    onnx_network& graph;
    const onnx_arrays& arrays;
    std::string name;
    std::string_view label;
    std::vector<onnx_value> sources;
    extents output;                    ///< the shape of what it makes
    std::vector<onnx_value> results{}; ///< one, but for layers that make several

    [[nodiscard]] const onnx_value& source() const { return sources.front(); }

    [[nodiscard]] bool has(std::string_view array) const { return arrays.count(key_of(array)) != 0; }
    [[nodiscard]] std::vector<float> numbers(std::string_view array) const {
        return arrays.at(key_of(array)).numbers();
    }
    [[nodiscard]] const extents& shape(std::string_view array) const {
        return arrays.at(key_of(array)).shape;
    }

    /// An array as it is, under its own name, once for all layers that share it.
    std::string weight(std::string_view array) {
        return weight(array, [&] { return std::pair(shape(array), numbers(array)); });
    }
    /// What `make()` makes of it, a shape and numbers. The first form has the array's name; `form` tells
    /// apart what other uses make of it.
    template <class Make>
    std::string weight(std::string_view array, const Make& make, std::string_view form = {}) {
        const std::string tensor = graph.name_of_tensor(key_of(array), form);
        if (!graph.has_tensor(tensor)) {
            const auto made = make();
            graph.add_tensor(tensor, made.first, made.second);
        }
        return tensor;
    }
    /// It with its axes in another order.
    std::string turned_weight(std::string_view array, const extents& order) {
        return weight(array, [&] {
            extents turned;
            for (const std::size_t axis : order)
                turned.push_back(shape(array)[axis]);
            return std::pair(turned, turn_numbers(numbers(array), shape(array), order));
        });
    }
    /// An array with the shape of a value's last axes, as ONNX spreads it over the value where that lies,
    /// each number made into another one by `change`.
    template <class Change = std::identity>
    std::string spread_weight(std::string_view array, const onnx_value& value, const Change& change = {}) {
        const auto changed = [&] {
            std::vector<float> list = numbers(array);
            std::transform(list.begin(), list.end(), list.begin(), change);
            return list;
        };
        if (shape(array) == extents{1})
            return weight(array, [&] { return std::pair(shape(array), changed()); });
        extents whole(value.rank() - shape(array).size(), 1);
        whole.insert(whole.end(), shape(array).begin(), shape(array).end());
        const auto make = [&] {
            const extents order = order_of(value.axes);
            extents turned;
            for (const std::size_t axis : order)
                turned.push_back(whole[axis]);
            std::vector<float> made = turn_numbers(changed(), whole, order);
            // Axes that ONNX adds by itself.
            const auto wide =
                std::find_if(turned.begin(), turned.end(), [](std::size_t each) { return each != 1; });
            turned.erase(turned.begin(), wide);
            return std::pair(turned, std::move(made));
        };
        // Layers that share weights may read values of other ranks.
        std::string form;
        if (value.axes != plain_axes(value.rank()))
            form = internal::concatenate("image_of_rank_", value.rank());
        return weight(array, make, form);
    }

    /// Its only result.
    void make(onnx_value value) {
        value.shape = output;
        results.assign(1, std::move(value));
    }
    void make(std::string made, extents axes) { make(onnx_value{std::move(made), output, std::move(axes)}); }
    void make_plain(std::string made) { make(std::move(made), plain_axes(output.size())); }
    void make_image(std::string made) { make(std::move(made), image_axes(output.size())); }

    /// Says that ONNX has no such layer. It passes on what it reads, so that all others can be looked at.
    void refuse(std::string_view reason) {
        graph.add_problem(label, reason);
        make_plain(source().name);
    }

private:
    [[nodiscard]] std::string key_of(std::string_view array) const {
        return internal::concatenate(name, ".", array);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::exports
