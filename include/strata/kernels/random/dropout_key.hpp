// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// What dropout depends on besides the element: the seed, the number of the update, and which dropout it is.
struct dropout_key {
    std::uint64_t seed = 0;
    std::uint32_t step = 0;
    std::uint32_t layer = 0;
    std::uint32_t first_sample = 0; ///< the batch's number of the first one at hand, a multiple of 4

    [[nodiscard]] constexpr dropout_key of_layer(std::size_t number) const noexcept {
        return {seed, step, static_cast<std::uint32_t>(number), first_sample};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
