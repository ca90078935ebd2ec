// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/call_name.hpp>
#include <strata/data/sample_list.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/type_list.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <span>
#include <stdexcept>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// `std::invalid_argument` for another number of arrays than the network has inputs, or outputs.
[[gnu::noinline]] inline void check_array_count(std::size_t found, std::size_t expected,
                                                const call_name& caller, const char* kind) {
    if (found != expected)
        raise(std::invalid_argument(concatenate(caller.text(), ": expected ", expected, " ", kind,
                                                expected == 1 ? " array" : " arrays", ", found ", found)));
}

/// How many samples there are in the arrays for a network's inputs, of these shapes. `name(index)` is what
/// messages call an array. `std::invalid_argument` for arrays of other shapes or of different numbers of
/// samples.
template <class... Shapes, class Name>
std::size_t count_samples(type_list<Shapes...> shapes, const sample_list& x, const call_name& caller,
                          const Name& name) {
    check_array_count(x.size(), sizeof...(Shapes), caller, "input");
    std::size_t count = 0;
    std::size_t next = 0;
    for_each_type(shapes, [&]<class Shape>(std::type_identity<Shape>) {
        const std::size_t found =
            x[next].count(std::span<const std::size_t>(Shape::extents), [&] { return name(next); });
        if (next > 0 && found != count)
            raise(std::invalid_argument(concatenate(caller.text(), ": there are ", count,
                                                    " samples of the first input but ", found, " of input ",
                                                    next + 1)));
        count = found;
        ++next;
    });
    return count;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
