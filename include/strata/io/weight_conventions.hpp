// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/io/flattened_images.hpp>
#include <strata/io/weight_names.hpp>
#include <strata/io/weight_parts.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// An array of a network without its numbers.
struct array_description {
    std::string name; ///< "encoder.dense.kernel"
    std::vector<std::size_t> shape;
    std::size_t layer; ///< the number of its value, behind the inputs

    [[nodiscard]] std::string_view layer_name() const {
        return std::string_view(name).substr(0, name.rfind('.'));
    }
    [[nodiscard]] std::string_view array_name() const {
        return std::string_view(name).substr(name.rfind('.') + 1);
    }
};

/// What an array may be made of: tensors whose numbers follow each other, or are added. The first choice of
/// which the file has all is taken.
using weight_choices = std::vector<std::vector<weight_part>>;

/// Whether a layer is one of the queries, keys, values and outputs of an `attention`, which other frameworks
/// keep in one layer.
inline bool is_projection(std::string_view layer, std::string_view kind) {
    const std::string_view part = layer.substr(0, std::min(layer.rfind('.'), layer.size()));
    return (part == "attention" || part.ends_with(".attention")) &&
           (kind == "query" || kind == "key" || kind == "value" || kind == "output");
}
/// "attention_1" of "attention.query_1": the attention that a projection is of.
inline std::string attention_name(std::string_view layer, std::string_view kind) {
    const std::size_t begin = layer.rfind('.') + 1; // 0 where there is none
    return std::string(layer.substr(0, begin == 0 ? 0 : begin - 1)).append(layer.substr(begin + kind.size()));
}
/// What a file calls the attention of a projection, unless it has a name for the projection itself.
inline std::string translate_attention(const weight_names& names, std::string_view layer,
                                       std::string_view kind) {
    const std::string known = names.find(layer);
    return known.empty() ? names.translate(attention_name(layer, kind)) : known;
}

inline bool is_recurrent(std::string_view kind) {
    return kind == "lstm" || kind == "gru" || kind == "simple_rnn";
}

/// The same order and, but for the name, the same array.
inline weight_choices choose_equal(const array_description& array, const weight_names& names) {
    std::string name = names.find(array.name);
    if (name.empty())
        name = names.translate(array.layer_name()).append(".").append(array.array_name());
    return {{weight_part{std::move(name), array.shape, axes_of(array.shape)}}};
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
