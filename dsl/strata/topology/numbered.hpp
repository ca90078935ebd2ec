// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/numbered_type.hpp>
#include <strata/setting.hpp>
#include <strata/topology/topology.hpp>

#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// A topology that is known by its number, the last one. The others are for who reads the name of a function:
/// the numbers of the first input, how many layers there are, and the numbers of the first output.
template <std::size_t InputSize, std::size_t Layers, std::size_t OutputSize, std::uint64_t Number>
struct numbered_topology : detail::found_type<Number> {
    using plain = detail::found_type<Number>;
};

namespace detail {
template <class Inputs, class Ends, class... Nodes>
    requires has_number<topology<Inputs, Ends, Nodes...>>
struct numbering<topology<Inputs, Ends, Nodes...>> {
    using plain = topology<Inputs, Ends, Nodes...>;
    using type = numbered_topology<plain::input_shape::size, sizeof...(Nodes), plain::output_shape::size,
                                   entered_number<plain>>;
};
template <std::size_t InputSize, std::size_t Layers, std::size_t OutputSize, std::uint64_t Number>
struct numbering<numbered_topology<InputSize, Layers, OutputSize, Number>> {
    using type = numbered_topology<InputSize, Layers, OutputSize, Number>;
};
} // namespace detail

} // namespace strata::bedrock::inline STRATA_SETTING
