// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/plan/names.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING::detail {

template <class Topology>
inline constexpr auto layer_names = network_names<Topology>::layers();

/// The whole name of a layer of a network, as a text that can be a template argument.
template <class Topology, std::size_t Layer>
inline constexpr auto layer_text = [] {
    text<layer_names<Topology>[Layer].size() + 1> result;
    *layer_names<Topology>[Layer].write(result.characters) = '\0';
    return result;
}();

/// The same of an array of parameters.
template <class Topology, std::size_t Array>
inline constexpr auto array_text = [] {
    constexpr array_mark mark = network_names<Topology>::arrays[Array];
    text<mark.name.size() + 1> name;
    *std::copy(mark.name.begin(), mark.name.end(), name.characters) = '\0';
    return layer_text<Topology, mark.node> + "." + name;
}();

} // namespace strata::bedrock::inline STRATA_SETTING::detail
