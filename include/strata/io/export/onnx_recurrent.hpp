// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/export/onnx_formulas.hpp>
#include <strata/io/export/onnx_layer.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::exports {

/// What a recurrent layer is.
struct recurrent_cell {
    std::size_t units;
    std::size_t states;
    std::size_t gates;   ///< 1, 3 of a GRU, 4 of an LSTM
    bool resets_product; ///< of a GRU
    bool is_backwards;
    bool is_in_order; ///< results stand where their steps do; if not, the last step's comes first
    bool is_last_alone;
    bool reads_states;
    bool makes_states;
    formula_tree activation;
    formula_tree gate_activation;
};

/// Recurrent layers as ONNX's `LSTM`, `GRU` and `RNN`, which have the steps before the samples.
class recurrent_writer {
public:
    recurrent_writer(onnx_layer& layer, const recurrent_cell& cell)
        : layer_(layer), graph_(layer.graph), cell_(cell) {}

    void write() {
        onnx_attributes attributes{{"hidden_size", whole(cell_.units)}};
        if (!add_functions(attributes))
            return layer_.refuse("whose activations its recurrent operations lack");
        if (cell_.is_backwards)
            attributes.emplace_back("direction", std::string("reverse"));
        if (cell_.gates == 3)
            attributes.emplace_back("linear_before_reset", whole(cell_.resets_product));

        const std::string x = graph_.arrange_plain(layer_.source()).name;
        std::vector<std::string> inputs{graph_.add("Transpose", {x}, {{"perm", wholes{1, 0, 2}}}),
                                        gates_of("kernel"), gates_of("recurrent_kernel")};
        if (layer_.has("bias") || cell_.reads_states)
            inputs.push_back(layer_.has("bias") ? bias() : "");
        if (cell_.reads_states) {
            inputs.emplace_back(); // lengths of the sequences
            for (std::size_t i = 0; i < cell_.states; ++i)
                inputs.push_back(graph_.add("Unsqueeze", {graph_.arrange_plain(layer_.sources[1 + i]).name,
                                                          graph_.constant(wholes{0})}));
        }
        const std::vector<std::string> made =
            graph_.add_several(cell_.gates == 1   ? "RNN"
                               : cell_.gates == 3 ? "GRU"
                                                  : "LSTM",
                               std::move(inputs), 1 + cell_.states, std::move(attributes));
        layer_.results.push_back(cell_.is_last_alone ? last_of(made[1]) : all_of(made[0]));
        if (cell_.makes_states)
            for (std::size_t i = 0; i < cell_.states; ++i)
                layer_.results.push_back(last_of(made[1 + i]));
    }

private:
    static std::int64_t whole(std::size_t number) { return static_cast<std::int64_t>(number); }

    /// [1, samples, units] as [samples, units].
    onnx_value last_of(const std::string& state) {
        return {graph_.add("Squeeze", {state, graph_.constant(wholes{0})}), {cell_.units}, plain_axes(1)};
    }
    /// [steps, 1, samples, units] as [samples, steps, units].
    onnx_value all_of(const std::string& results) {
        std::string made = graph_.add("Squeeze", {results, graph_.constant(wholes{1})});
        if (!cell_.is_in_order)
            made = graph_.add("Slice", {made, graph_.constant(wholes{-1}),
                                        graph_.constant(wholes{std::int64_t{1} - (std::int64_t{1} << 31)}),
                                        graph_.constant(wholes{0}), graph_.constant(wholes{-1})});
        return {graph_.add("Transpose", {made}, {{"perm", wholes{1, 0, 2}}}),
                {layer_.source().shape[0], cell_.units},
                plain_axes(2),
                {},
                {}};
    }

    /// Which gate of strata is at each place of ONNX's, i o f c of an LSTM.
    [[nodiscard]] std::vector<std::size_t> gate_order() const {
        if (cell_.gates == 4)
            return {0, 3, 1, 2};
        return cell_.gates == 3 ? std::vector<std::size_t>{0, 1, 2} : std::vector<std::size_t>{0};
    }
    /// [rows, gates units] as [1, gates units, rows], gates in ONNX's order.
    std::string gates_of(std::string_view array) {
        return layer_.weight(array, [&] {
            const std::vector<float> numbers = layer_.numbers(array);
            const std::size_t width = cell_.gates * cell_.units;
            const std::size_t rows = layer_.shape(array)[0];
            std::vector<float> result;
            result.reserve(numbers.size());
            for (const std::size_t gate : gate_order())
                for (std::size_t unit = 0; unit < cell_.units; ++unit)
                    for (std::size_t row = 0; row < rows; ++row)
                        result.push_back(numbers[row * width + gate * cell_.units + unit]);
            return std::pair(extents{1, width, rows}, std::move(result));
        });
    }
    /// Two rows, of which the second is added to products with the state; zeros where strata has one.
    std::string bias() {
        return layer_.weight("bias", [&] {
            const std::vector<float> numbers = layer_.numbers("bias");
            const std::size_t width = cell_.gates * cell_.units;
            std::vector<float> result;
            for (std::size_t row = 0; row < 2; ++row)
                for (const std::size_t gate : gate_order())
                    for (std::size_t unit = 0; unit < cell_.units; ++unit) {
                        const std::size_t place = row * width + gate * cell_.units + unit;
                        result.push_back(place < numbers.size() ? numbers[place] : 0);
                    }
            return std::pair(extents{1, 2 * width}, std::move(result));
        });
    }

    /// The names of the activations, and numbers for those that have some; whether ONNX has them.
    bool add_functions(onnx_attributes& attributes) const {
        std::vector<std::string> names;
        std::vector<double> alphas, betas;
        const auto add = [&](const formula_tree& formula) {
            static constexpr std::string_view known[] = {"Relu",     "Sigmoid",   "Tanh",
                                                         "Softsign", "LeakyRelu", "HardSigmoid",
                                                         "Elu",      "Softplus",  "Identity"};
            const std::optional<onnx_function> function = function_of(formula);
            if (!function || std::find(std::begin(known), std::end(known), function->type) == std::end(known))
                return false;
            const bool is_linear = function->type == "Identity";
            names.emplace_back(is_linear ? "Affine" : function->type);
            // Numbers go to the functions that have some, in their order.
            onnx_attributes numbers = function->attributes;
            if (is_linear)
                numbers = {{"alpha", 1.0}, {"beta", 0.0}};
            for (const auto& [key, value] : numbers)
                (key == "alpha" ? alphas : betas).push_back(std::get<double>(value));
            return true;
        };
        if (cell_.gates > 1 && !add(cell_.gate_activation))
            return false;
        for (std::size_t i = 0; i < (cell_.gates == 4 ? 2 : 1); ++i)
            if (!add(cell_.activation))
                return false;
        static const std::vector<std::string> usual[] = {
            {}, {"Tanh"}, {}, {"Sigmoid", "Tanh"}, {"Sigmoid", "Tanh", "Tanh"}};
        if (names == usual[cell_.gates])
            return true;
        attributes.emplace_back("activations", names);
        if (!alphas.empty())
            attributes.emplace_back("activation_alpha", alphas);
        if (!betas.empty())
            attributes.emplace_back("activation_beta", betas);
        return true;
    }

    onnx_layer& layer_;
    onnx_network& graph_;
    const recurrent_cell& cell_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::exports
