// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/random/philox.hpp>

#include <array>
#include <cstdint>

namespace engines {

/// What the generator draws a digit from besides its kind: 32 numbers from -1 to 1, the same for the same
/// number of a hand.
inline std::array<float, 32> digit_noise(std::uint32_t hand) {
    strata::bedrock::random_sequence random(strata::seed{hand}, strata::bedrock::draw_purpose::head);
    std::array<float, 32> result{};
    for (float& number : result)
        number = static_cast<float>(2 * random.uniform() - 1);
    return result;
}

} // namespace engines
