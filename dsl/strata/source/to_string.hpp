// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/source/flow_collector.hpp>
#include <strata/source/flow_reader.hpp>
#include <strata/source/piece_text.hpp>
#include <strata/source/spelling.hpp>
#include <strata/topology/topology.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
template <std::size_t Position, class Layer>
consteval bool check_spelled() {
    if constexpr (!is_written<Layer>)
        return reject<Layer, place_text<Position, Layer>, text("has no text"),
                      text("a layer says it by spelling(write)")>();
    else
        return true;
}

template <class Shape>
struct input_text;
template <std::size_t... Extents>
struct input_text<shape<Extents...>> {
    static std::string write() { return speller{}("input<", Extents...); }
};

template <class... Inputs, class Ends, class... Nodes>
std::string source_text(topology<type_list<Inputs...>, Ends, Nodes...> network) {
    static_assert([]<std::size_t... I>(std::index_sequence<I...>) {
        // A list, since compilers limit how deep a fold nests.
        const bool spelled[] = {true, check_spelled<I + 1, typename Nodes::layer>()...};
        return std::ranges::all_of(spelled, [](bool each) { return each; });
    }(std::index_sequence_for<Nodes...>{}));
    const flow_collector collected(network);
    std::string result = sizeof...(Inputs) == 1
                             ? concatenate(input_text<Inputs>::write()...)
                             : concatenate("inputs(", speller{}("", input_text<Inputs>::write()...), ")");
    const std::string layers = piece_writer(false).pipe(flow_reader(collected.flow).pieces());
    if (!layers.empty())
        append(result, " | ", layers);
    return result;
}
} // namespace detail

/// A topology as a program writes it: `to_string(input<8> | dense<4> | relu)` is "input<8> | dense<4> |
/// relu". The text makes the same type again, after `using namespace strata`, and with formulas of the user's
/// own `using namespace strata::symbols`. Parts are written by the names that the language has for them, and
/// what comes several times in a row as `repeat`; what a program called its fragments is not part of the
/// type. Linear in the layers of a chain. A layer that does not say its text, by `spelling(write)`, is a
/// compile-time error which names it.
template <class Inputs, class Ends, class... Nodes>
std::string to_string(topology<Inputs, Ends, Nodes...> network) {
    return detail::source_text(network);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::to_string;
} // namespace strata

STRATA_HEADER_END
