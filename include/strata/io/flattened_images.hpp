// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/type_list.hpp>
#include <strata/layers/layer.hpp>
#include <strata/plan/names.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>
#include <strata/topology/print.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// A layer without its type. Values are numbered as in the topology: inputs come first, then layers.
struct network_layer {
    std::string_view kind;                ///< "dense"
    std::span<const std::size_t> sources; ///< the values that it reads
    std::span<const std::size_t> shape;   ///< of its result
    bool is_formula;                      ///< of each element by itself
};

template <class... Inputs, class Ends, class... Nodes>
std::vector<network_layer> list_layers(topology<type_list<Inputs...>, Ends, Nodes...>) {
    return {network_layer{"input", {}, Inputs::extents, false}...,
            network_layer{detail::kind_in(Nodes::layer::label.view()),
                          detail::source_numbers<typename Nodes::sources>::values, Nodes::output::extents,
                          std::is_same_v<typename Nodes::layer::role, role::pointwise>}...};
}

/// Of which images the vectors of a network are rows: what stands between an image and a dense layer, or
/// between a dense layer and what it makes an image of. Frameworks whose images begin with the channels
/// number the elements of such vectors otherwise.
///
/// A value of three or more axes is an image; one of two is one, of one spatial axis, next to convolutions
/// and poolings, and otherwise steps of features, which all frameworks number alike.
class flattened_images {
public:
    using image = std::span<const std::size_t>;

    explicit flattened_images(std::vector<network_layer> values)
        : values_(std::move(values)), images_(values_.size()) {
        for (std::size_t value = 0; value < values_.size(); ++value) {
            const network_layer& layer = values_[value];
            if (layer.kind == "flatten")
                images_[value] = flattened(layer);
            else if (keeps_order(layer))
                images_[value] = images_[layer.sources[0]];
        }
        for (std::size_t value = values_.size(); value-- > 0;) {
            const network_layer& layer = values_[value];
            if (layer.kind.starts_with("reshape") && becomes_image(value))
                set_source(layer, layer.shape);
            else if (keeps_order(layer) && !images_[value].empty())
                set_source(layer, images_[value]);
        }
    }

    /// The image whose elements a value is a row of; empty for one that is none.
    [[nodiscard]] image operator[](std::size_t value) const { return images_[value]; }
    /// The same of what a layer reads. `std::invalid_argument` where several images are one row.
    [[nodiscard]] image source_of(std::size_t value) const {
        const auto& sources = values_[value].sources;
        if (values_[sources[0]].kind == "concat")
            for (const std::size_t each : values_[sources[0]].sources)
                if (!images_[each].empty())
                    raise(std::invalid_argument(concatenate("layer ", value, ", ", values_[value].kind,
                                                            ", reads a flattened image beside other values, "
                                                            "whose order conventions do not know")));
        return images_[sources[0]];
    }
    [[nodiscard]] const network_layer& layer(std::size_t value) const { return values_[value]; }

private:
    /// Whether element i of the result is made of element i, or of the whole row alike.
    static bool keeps_order(const network_layer& layer) {
        static constexpr std::array<std::string_view, 16> kinds{
            "dropout",  "batch_norm",       "layer_norm",     "rms_norm", "group_norm", "prelu",
            "softmax",  "gaussian_dropout", "gaussian_noise", "add",      "residual",   "subtract",
            "multiply", "average",          "maximum",        "minimum"};
        return layer.is_formula || std::find(kinds.begin(), kinds.end(), layer.kind) != kinds.end();
    }
    static bool slides(const network_layer& layer) {
        static constexpr std::array<std::string_view, 11> kinds{
            "conv",   "depthwise_conv", "conv_transpose", "max_pool",    "average_pool", "upsample",
            "resize", "zero_pad",       "edge_pad",       "reflect_pad", "crop"};
        return std::find(kinds.begin(), kinds.end(), layer.kind) != kinds.end();
    }

    /// What a layer makes a row of, which may be one of several steps.
    [[nodiscard]] image flattened(const network_layer& layer) const {
        std::size_t value = layer.sources[0];
        const std::size_t steps = layer.shape.size() - 1;
        const image whole = values_[value].shape.subspan(std::min(steps, values_[value].shape.size()));
        while (keeps_order(values_[value]))
            value = values_[value].sources[0];
        return whole.size() > 2 || (whole.size() == 2 && slides(values_[value])) ? whole : image{};
    }
    [[nodiscard]] bool becomes_image(std::size_t value) const {
        for (std::size_t user = value + 1; values_[value].shape.size() == 2 && user < values_.size(); ++user)
            if (values_[user].sources[0] == value) {
                if (slides(values_[user]))
                    return true;
                if (keeps_order(values_[user]))
                    value = user;
            }
        return values_[value].shape.size() > 2;
    }
    void set_source(const network_layer& layer, image whole) {
        if (const std::size_t source = layer.sources[0]; values_[source].shape.size() == 1)
            images_[source] = whole;
    }

    std::vector<network_layer> values_;
    std::vector<image> images_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
