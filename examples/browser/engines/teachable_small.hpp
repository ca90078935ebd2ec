// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "teachable_pictures.hpp"

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace teachable {

/// Pictures without a pretrained trunk: two layers of convolutions with drawn weights, always the same, and
/// pooled by places. Coates, Lee and Ng ("An analysis of single-layer networks in unsupervised feature
/// learning", 2011) and others found drawn filters to be worth having; nothing is to be loaded.
struct small_trunk {
    static constexpr auto layers = strata::input<64, 64, 3> | strata::rescaling<1.0 / 127.5, -1.0> |
                                   strata::conv<32, 5, strata::stride<2>, strata::he_normal> | strata::relu |
                                   strata::max_pool<2> | strata::conv<64, 3, strata::he_normal> |
                                   strata::relu | strata::average_pool<4> | strata::flatten;
    using network = strata::model<layers>;
    static constexpr std::size_t side = 64;
    static constexpr bool is_drawn = true;
    static constexpr std::string_view name = "small pictures";
    static constexpr std::string_view head = "input<576> | dense<100> | relu | dense<20> | softmax";
    static constexpr std::string_view word =
        "input<64, 64, 3> | rescaling<0.00784313725490196, -1.0> | conv<32, 5, stride<2>, he_normal> | relu "
        "| "
        "max_pool<2> | conv<64, 3, he_normal> | relu | average_pool<4> | flatten";
    static void prepare(std::span<float>) noexcept {}
};
using small_pictures = trunk_pictures<small_trunk>;

} // namespace teachable
