// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <cstddef>

namespace strata::detail {

/// What all heads without parameters have in common that make each element of what stands in its place:
/// `Rows` rows of `Width` numbers.
template <std::size_t Rows, std::size_t Width>
struct elementwise_head {
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;
    static constexpr bool has_parameters = false;
    static constexpr std::size_t inputs = Width;
    static constexpr std::size_t outputs = Width;
    static constexpr std::size_t input_rows = Rows;
    static constexpr std::size_t output_rows = Rows;
    static constexpr std::size_t parameter_count = 0;
};

} // namespace strata::detail
