// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/weight_conventions.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What Keras calls a network's arrays: the paths of Keras 3 (`dense_1/kernel`) and the names of Keras 2
/// (`dense_1/kernel:0`). They have this library's order. A layer that the table does not name is called as
/// Keras calls the layers of a fresh program: `conv2d_1`.
class keras_weights {
public:
    keras_weights(const weight_names& names, const flattened_images& images)
        : names_(names), images_(images) {}

    [[nodiscard]] weight_choices choose(const array_description& array) const {
        const network_layer& layer = images_.layer(array.layer);
        weight_choices result;
        const auto add = [&](std::string name) {
            weight_part part{std::move(name), array.shape, axes_of(array.shape)};
            // A projection's axis is split into heads, and slopes that places share have axes of extent 1.
            part.merges_axes = is_projection(array.layer_name(), layer.kind) || layer.kind == "prelu";
            result.push_back({std::move(part)});
        };
        if (std::string known = names_.find(array.name); !known.empty()) {
            add(std::move(known));
            return result;
        }
        const std::string path = layer_path(array, layer);
        for (const std::string_view word : words(array.array_name(), layer.kind))
            for (const std::string_view end : {"", ":0"}) {
                add(std::string(path).append("/").append(word).append(end));
                if (is_recurrent(layer.kind))
                    add(std::string(path)
                            .append("/")
                            .append(layer.kind)
                            .append("_cell/")
                            .append(word)
                            .append(end));
            }
        return result;
    }

private:
    [[nodiscard]] std::string layer_path(const array_description& array, const network_layer& layer) const {
        const std::string_view name = array.layer_name();
        if (is_projection(name, layer.kind) && names_.find(name).empty()) {
            const std::string attention = attention_name(name, layer.kind);
            std::string path = names_.translate(attention);
            if (path == attention)
                path = "multi_head_" + attention;
            return path.append("/").append(layer.kind == "output" ? "attention_output" : layer.kind);
        }
        std::string path = names_.translate(name);
        const std::size_t begin = path.rfind('.') + 1;
        if (path == name && std::string_view(path).substr(begin).starts_with(layer.kind))
            path.replace(begin, layer.kind.size(), keras_kind(layer));
        return path;
    }

    static std::string keras_kind(const network_layer& layer) {
        static constexpr std::array<std::array<std::string_view, 2>, 5> kinds{
            {{"batch_norm", "batch_normalization"},
             {"layer_norm", "layer_normalization"},
             {"group_norm", "group_normalization"},
             {"rms_norm", "rms_normalization"},
             {"prelu", "p_re_lu"}}};
        const std::string axes(1, static_cast<char>('0' + layer.shape.size() - 1));
        if (layer.kind == "conv" || layer.kind == "depthwise_conv")
            return std::string(layer.kind).append(axes).append("d");
        if (layer.kind == "conv_transpose")
            return "conv" + axes + "d_transpose";
        for (const auto& [ours, theirs] : kinds)
            if (layer.kind == ours)
                return std::string(theirs);
        return std::string(layer.kind);
    }

    static std::vector<std::string_view> words(std::string_view array, std::string_view kind) {
        if (array == "depthwise_kernel")
            return {"depthwise_kernel", "kernel"};
        if (kind == "conv" && array == "kernel")
            return {"kernel", "pointwise_kernel"};
        if (kind == "rms_norm")
            return {"scale", array};
        return {array};
    }

    const weight_names& names_;
    const flattened_images& images_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
