// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <xtensor/xtensor.hpp>

#include <array>
#include <cstddef>
#include <random>

/// Numbers from -1 to 1, which machines train with.
template <std::size_t Rank>
xt::xtensor<float, Rank> draw(const std::array<std::size_t, Rank>& shape) {
    std::mt19937 random(7);
    xt::xtensor<float, Rank> result(shape);
    for (float& each : result)
        each = static_cast<float>(random() % 2000) / 1000.0F - 1.0F;
    return result;
}
inline constexpr std::size_t rows = 100;

using small = strata::model<strata::input<20> | strata::dense<17> | strata::relu | strata::dropout<0.3> |
                            strata::dense<3>>;
