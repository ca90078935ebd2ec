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
        // What is merged with a row has its order, and hands it on to all that is made of either.
        while (find_rows()) {
        }
    }

    /// The image whose elements the result of a layer is a row of; empty for one that is none.
    /// `std::invalid_argument` where several images are one row.
    [[nodiscard]] image result_of(std::size_t value) const { return row(value, value); }
    /// The same of what a layer reads.
    [[nodiscard]] image source_of(std::size_t value) const { return row(values_[value].sources[0], value); }
    [[nodiscard]] const network_layer& layer(std::size_t value) const { return values_[value]; }
    /// Whether what a layer reads is an image of one spatial axis.
    [[nodiscard]] bool reads_line(std::size_t value) const {
        const std::size_t source = values_[value].sources[0];
        return values_[source].shape.size() == 2 && (is_slid(source) || becomes_image(source));
    }

private:
    /// Follows the order of rows through the network, forward and back. Returns whether it found more.
    bool find_rows() {
        const std::vector<image> known = images_;
        for (std::size_t value = 0; value < values_.size(); ++value) {
            const network_layer& layer = values_[value];
            if (layer.kind == "flatten")
                set(value, flattened(layer));
            else if (keeps_order(layer))
                for (const std::size_t source : layer.sources)
                    if (is_alike(source, value))
                        set(value, images_[source]);
        }
        for (std::size_t value = values_.size(); value-- > 0;) {
            const network_layer& layer = values_[value];
            if (layer.kind.starts_with("reshape") && becomes_image(value) &&
                values_[layer.sources[0]].shape.size() == 1)
                set(layer.sources[0], layer.shape);
            else if (keeps_order(layer) && layer.shape.size() == 1)
                for (const std::size_t source : layer.sources)
                    if (is_alike(source, value))
                        set(source, images_[value]);
        }
        return !std::equal(known.begin(), known.end(), images_.begin(),
                           [](image a, image b) { return a.size() == b.size(); });
    }
    void set(std::size_t value, image whole) {
        if (images_[value].empty())
            images_[value] = whole;
    }
    [[nodiscard]] bool is_alike(std::size_t a, std::size_t b) const {
        return std::equal(values_[a].shape.begin(), values_[a].shape.end(), values_[b].shape.begin(),
                          values_[b].shape.end());
    }
    [[nodiscard]] image row(std::size_t value, std::size_t reader) const {
        if (joins_image(value))
            raise(std::invalid_argument(concatenate("layer ", reader, ", ", values_[reader].kind,
                                                    ", reads a flattened image beside other values, whose "
                                                    "order conventions do not know")));
        return images_[value];
    }
    /// Whether a row has a flattened image in it beside other values.
    [[nodiscard]] bool joins_image(std::size_t value) const {
        const network_layer& layer = values_[value];
        const auto is_image = [&](std::size_t each) { return !images_[each].empty() || joins_image(each); };
        const auto is_joined = [&](std::size_t each) { return is_alike(each, value) && joins_image(each); };
        return layer.kind == "concat"
                   ? std::any_of(layer.sources.begin(), layer.sources.end(), is_image)
                   : keeps_order(layer) && std::any_of(layer.sources.begin(), layer.sources.end(), is_joined);
    }

    /// Whether element i of the result is made of element i, or of the whole row alike.
    static bool keeps_order(const network_layer& layer) {
        static constexpr std::array<std::string_view, 17> kinds{
            "dropout",  "batch_norm",       "layer_norm",     "rms_norm", "group_norm",     "prelu",
            "softmax",  "gaussian_dropout", "gaussian_noise", "add",      "residual",       "subtract",
            "multiply", "average",          "maximum",        "minimum",  "spatial_dropout"};
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
        const std::size_t value = layer.sources[0];
        const std::size_t steps = layer.shape.size() - 1;
        const image whole = values_[value].shape.subspan(std::min(steps, values_[value].shape.size()));
        return whole.size() > 2 || (whole.size() == 2 && is_slid(value)) ? whole : image{};
    }
    /// Whether a value comes from a convolution or a pooling, whatever was done to its elements since.
    [[nodiscard]] bool is_slid(std::size_t value) const {
        const network_layer& layer = values_[value];
        return slides(layer) || ((keeps_order(layer) || layer.kind == "concat") &&
                                 std::any_of(layer.sources.begin(), layer.sources.end(),
                                             [this](std::size_t each) { return is_slid(each); }));
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
    std::vector<network_layer> values_;
    std::vector<image> images_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
