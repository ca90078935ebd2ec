// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>
#include <strata/topology/topology.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
/// A layer of a topology in its line.
struct layer_word {
    std::string_view label;
    const std::size_t* sources; ///< the numbers of the values that it reads
    std::size_t source_count;
};

template <class Sources>
struct source_numbers;
template <std::size_t... Sources>
struct source_numbers<value_list<Sources...>> {
    static constexpr std::array<std::size_t, sizeof...(Sources)> values{Sources...};
};

inline void append_layers(std::string& line, std::size_t value, const layer_word* begin,
                          const layer_word* end) {
    for (const layer_word* layer = begin; layer != end; ++layer, ++value) {
        append(line, " | ", layer->label);
        if (layer->source_count == 1 && *layer->sources == value)
            continue;
        for (std::size_t i = 0; i < layer->source_count; ++i)
            append(line, i == 0 ? " of " : " ", layer->sources[i]);
    }
}

template <class First, class... Rest, class... Ends, class... Nodes>
std::string describe(topology<type_list<First, Rest...>, type_list<Ends...>, Nodes...>) {
    std::string result = concatenate("input ", shape_text<First>.view());
    (append(result, ", ", shape_text<Rest>.view()), ...);
    static constexpr std::array<layer_word, sizeof...(Nodes)> layers{
        layer_word{Nodes::layer::label.view(), source_numbers<typename Nodes::sources>::values.data(),
                   source_numbers<typename Nodes::sources>::values.size()}...};
    append_layers(result, sizeof...(Rest), layers.data(), layers.data() + layers.size());
    if (sizeof...(Ends) > 1) {
        append(result, " | outputs");
        (append(result, " ", Ends::value), ...);
    }
    return result;
}
} // namespace detail

/// The topology in one line: `input 28 x 28 | flatten | dense<512> | relu`. A layer that does not read the
/// value before it, or reads several, says the numbers of its values: inputs come first, then layers.
template <class Topology>
std::string to_string(std::type_identity<Topology>) {
    return detail::describe(Topology{});
}

} // namespace strata::bedrock::inline STRATA_SETTING
