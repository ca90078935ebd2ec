// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/head.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// What all heads without parameters have in common that make each element of what stands in its place:
/// `Rows` rows of `Width` numbers.
template <std::size_t Rows, std::size_t Width>
struct elementwise_head : head_base<Rows, Width, Rows, Width> {
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;
};

} // namespace strata::bedrock::inline STRATA_SETTING::detail
