// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/call_name.hpp>
#include <strata/data/index_check.hpp>
#include <strata/data/sample_list.hpp>
#include <strata/expression/print.hpp>
#include <strata/plan/token_bounds.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// `std::invalid_argument` for the first of some numbers that is no token below `bound`, which names its
/// sample and its step.
inline void check_tokens(const samples& x, std::size_t count, std::size_t size, std::size_t bound,
                         const call_name& caller) {
    constexpr std::size_t part = 1024;
    std::array<double, part> tokens;
    for (std::size_t first = 0; first < count * size; first += part) {
        const std::size_t length = std::min(part, count * size - first);
        x.read(first, length, tokens.data());
        for (std::size_t i = 0; i < length; ++i)
            if (!is_index(tokens[i], bound))
                raise(std::invalid_argument(concatenate(
                    caller.text(), ": sample ", (first + i) / size, ", step ", (first + i) % size, " is ",
                    number_to_string(tokens[i]), ", expected a token from 0 to ", bound - 1)));
    }
}

/// The same for all inputs of a network that are tokens.
template <class Topology>
void check_tokens([[maybe_unused]] const samples* x, [[maybe_unused]] std::size_t count,
                  [[maybe_unused]] const call_name& caller) {
    if constexpr (reads_tokens<Topology>) {
        std::size_t input = 0;
        for_each_type(typename Topology::inputs{}, [&]<class Shape>(std::type_identity<Shape>) {
            if (const std::size_t bound = token_bounds<Topology>[input]; bound > 0)
                check_tokens(x[input], count, Shape::size, bound, caller);
            ++input;
        });
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
