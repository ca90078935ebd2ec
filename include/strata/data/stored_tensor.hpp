// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// A tensor of a safetensors file.
struct stored_tensor {
    std::string name;
    std::string_view type;            ///< of its numbers, as the format calls it: "F32"
    std::vector<std::uint64_t> shape; ///< the last axis is the fastest; none for a single number
    std::uint64_t begin = 0; ///< the first byte of its numbers, counted from the first of all numbers
    std::uint64_t end = 0;   ///< the byte behind them
    std::uint64_t place = 0; ///< where the header's text names it
};

} // namespace strata::bedrock::inline STRATA_SETTING
