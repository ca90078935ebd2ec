// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/weight_conventions.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What PyTorch's modules call their arrays, and in which order they keep them (`state_dict`): the layouts of
/// Linear, Conv, ConvTranspose, BatchNorm, LayerNorm, GroupNorm, Embedding, PReLU, RNN, LSTM, GRU and
/// MultiheadAttention, as their documentation says.
class pytorch_weights {
public:
    pytorch_weights(const weight_names& names, const flattened_images& images)
        : names_(names), images_(images) {}

    /// `std::invalid_argument` for a layer that PyTorch does not have.
    [[nodiscard]] weight_choices choose(const array_description& array) const {
        const std::string_view kind = images_.layer(array.layer).kind;
        if (is_recurrent(kind))
            return {choose_recurrent(array, kind)};
        if (is_projection(array.layer_name(), kind))
            return choose_projection(array, kind);
        if (!is_known(kind)) {
            if (!names_.find(array.name).empty())
                return choose_equal(array, names_);
            raise(std::invalid_argument(
                concatenate(array.name, ": PyTorch has no module like ", kind,
                            ", whose arrays are taken as they are under a name of their own")));
        }
        std::vector<std::size_t> shape;
        const std::vector<weight_axis> axes = turn(array, kind, shape);
        weight_part part{name(array, array_word(array.array_name())), shape, axes};
        part.merges_axes = kind == "positions"; // a parameter of its own, often [1, steps, features]
        return {{std::move(part)}};
    }

    /// Tensors that say nothing of a network: how many batches its averages have seen.
    static bool is_ignored(std::string_view name) { return name.ends_with("num_batches_tracked"); }

    /// Whether a tensor is the projection of an LSTM's state, which no layer has; its other matrices have
    /// other shapes then.
    static bool projects_state(std::string_view name) {
        return name.substr(name.rfind('.') + 1)
            .starts_with("weight_hr_l"); // all of it where there is no point
    }
    /// What was expected where a network has no array for a tensor.
    static std::string_view expected_instead(std::string_view name) {
        const std::string_view last = name.substr(name.rfind('.') + 1);
        return projects_state(name) ? "an LSTM without proj_size"
               : last == "bias_k" || last == "bias_v"
                   ? "a MultiheadAttention without add_bias_kv"
                   : "no tensor but those that the network has an array for";
    }

private:
    static bool is_known(std::string_view kind) {
        static constexpr std::array<std::string_view, 16> kinds{
            "dense",      "conv",       "conv_transpose", "depthwise_conv",
            "batch_norm", "layer_norm", "group_norm",     "instance_norm",
            "rms_norm",   "embedding",  "positions",      "prelu",
            "gate",       "value",      "query",          "key"};
        return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
    }

    using extents = std::vector<std::size_t>;

    static std::string_view array_word(std::string_view array) {
        return array == "bias" || array == "beta" ? "bias"
               : array == "moving_mean"           ? "running_mean"
               : array == "moving_variance"       ? "running_var"
                                                  : "weight";
    }

    /// The name of an array of a layer. A * in the layer's name in the file stands for the array.
    [[nodiscard]] std::string name(const array_description& array, std::string_view word,
                                   std::string_view suffix = "") const {
        if (std::string known = names_.find(array.name); !known.empty())
            return known;
        std::string layer = names_.translate(array.layer_name());
        if (const std::size_t star = layer.find('*'); star != layer.npos)
            return layer.replace(star, 1, word);
        return layer.append(".").append(word).append(suffix);
    }

    /// The axes in PyTorch's order, and the tensor's shape.
    [[nodiscard]] std::vector<weight_axis> turn(const array_description& array, std::string_view kind,
                                                extents& shape) const {
        const std::vector<weight_axis> axes = axes_of(array.shape);
        const std::size_t rank = axes.size();
        const auto pick = [&](std::initializer_list<std::size_t> front) {
            std::vector<weight_axis> result;
            for (const std::size_t axis : front)
                result.push_back(axes[axis]);
            for (std::size_t axis = 0; axis + 2 < rank; ++axis)
                result.push_back(axes[axis]);
            for (const weight_axis& axis : result)
                shape.push_back(axis.extent);
            return result;
        };
        if (rank == 1) {
            shape = array.shape;
            if (shape[0] == 1) // one number for all of a row, as PReLU has
                return axes;
            return channels_first(axes[0], images_.result_of(array.layer));
        }
        // [..., channels, filters] or [..., filters, channels].
        if (kind == "conv" || kind == "conv_transpose")
            return pick({rank - 1, rank - 2});
        if (kind == "depthwise_conv") { // [..., channels, filters of each]
            std::vector<weight_axis> result = pick({rank - 2, rank - 1});
            shape[0] *= shape[1];
            shape[1] = 1;
            return result;
        }
        const bool is_norm = kind == "layer_norm" || kind == "rms_norm";
        // Of an image: [..., channels], which PyTorch has first.
        if (is_norm && (rank > 2 || (rank == 2 && images_.reads_line(array.layer)))) {
            std::vector<weight_axis> result = axes;
            std::rotate(result.begin(), result.end() - 1, result.end());
            for (const weight_axis& axis : result)
                shape.push_back(axis.extent);
            return result;
        }
        if (is_norm || kind == "embedding" || kind == "positions" || kind == "prelu") {
            shape = array.shape;
            return axes;
        }
        // A matrix of a dense layer.
        shape = {array.shape[1], array.shape[0]};
        return join_axes(channels_first(axes[1], images_.result_of(array.layer)),
                         channels_first(axes[0], images_.source_of(array.layer)));
    }

    [[nodiscard]] std::vector<weight_part> choose_recurrent(const array_description& array,
                                                            std::string_view kind) const {
        // i f c o, and z r h where PyTorch has r z n.
        const extents order = kind == "lstm"  ? extents{0, 1, 2, 3}
                              : kind == "gru" ? extents{1, 0, 2}
                                              : extents{0};
        const std::vector<weight_axis> axes = axes_of(array.shape);
        const std::vector<weight_axis> gates = split_gates(axes.back(), order);
        const std::size_t width = array.shape.back();
        if (array.array_name() != "bias") {
            const bool is_input = array.array_name() == "kernel";
            return {{name(array, is_input ? "weight_ih" : "weight_hh", "_l0"),
                     {width, array.shape[0]},
                     join_axes(gates, is_input ? channels_first(axes[0], images_.source_of(array.layer))
                                               : std::vector<weight_axis>{axes[0]})}};
        }
        if (kind == "gru" && array.shape.size() == 1)
            raise(std::invalid_argument(concatenate(
                array.name,
                ": gru with reset_before is another formula than PyTorch's, which has no weights for it")));
        // Two biases, of which the second is added: only gru with its inner product keeps them apart.
        const bool is_apart = array.shape.size() == 2;
        weight_part first{name(array, "bias_ih", "_l0"), {width}, gates};
        weight_part second{name(array, "bias_hh", "_l0"), {width}, gates};
        second.place = is_apart ? width : 0;
        second.adds = !is_apart;
        if (first.name == second.name)
            return {std::move(first)};
        return {std::move(first), std::move(second)};
    }

    /// A part of `in_proj_weight` where all widths are equal; an array of its own otherwise; or one of a
    /// Linear.
    [[nodiscard]] weight_choices choose_projection(const array_description& array,
                                                   std::string_view kind) const {
        const std::vector<weight_axis> axes = axes_of(array.shape);
        const bool is_kernel = array.shape.size() == 2;
        const std::string_view word = is_kernel ? "weight" : "bias";
        const extents shape = is_kernel ? extents{array.shape[1], array.shape[0]} : array.shape;
        const std::vector<weight_axis> turned =
            !is_kernel         ? axes
            : kind == "output" ? std::vector<weight_axis>{axes[1], axes[0]}
                               : join_axes(std::vector<weight_axis>{axes[1]},
                                           channels_first(axes[0], images_.source_of(array.layer)));
        const std::string layer = translate_attention(names_, array.layer_name(), kind);
        const auto named = [&](std::string_view first, std::string_view last) {
            return std::vector<weight_part>{
                weight_part{std::string(layer).append(first).append(last), shape, turned}};
        };
        const std::vector<weight_part> linear = {weight_part{name(array, word), shape, turned}};
        if (kind == "output")
            return {named(".out_proj.", word), linear};
        weight_choices result{named(".in_proj_", word),
                              named(kind == "query" ? ".q_proj_"
                                    : kind == "key" ? ".k_proj_"
                                                    : ".v_proj_",
                                    word),
                              linear};
        weight_part& packed = result[0][0];
        packed.first = packed.size() * (kind == "query" ? 0 : kind == "key" ? 1 : 2);
        packed.shape[0] *= 3;
        return result;
    }

    const weight_names& names_;
    const flattened_images& images_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
