// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "pictures.hpp"
#include "teachable_learner.hpp"
#include "weight_bytes.hpp"

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace teachable {

/// Pictures without a pretrained trunk: two layers of convolutions with drawn weights, always the same, and
/// pooled by places. Coates, Lee and Ng ("An analysis of single-layer networks in unsupervised feature
/// learning", 2011) and others found drawn filters to be worth having; nothing is to be loaded.
class small_pictures {
    static constexpr auto layers = strata::input<64, 64, 3> | strata::rescaling<1.0 / 127.5, -1.0> |
                                   strata::conv<32, 5, strata::stride<2>, strata::he_normal> | strata::relu |
                                   strata::max_pool<2> | strata::conv<64, 3, strata::he_normal> |
                                   strata::relu | strata::average_pool<4> | strata::flatten;

public:
    using trunk_network = strata::model<layers>;
    static constexpr std::string_view name = "small pictures";
    using input = std::uint8_t;
    static constexpr std::array<std::size_t, 3> input_shape{64, 64, 4};
    static constexpr std::size_t input_size = 64 * 64 * 4;
    static constexpr std::array<std::size_t, 1> shown_shape{0};
    static constexpr std::size_t shown_size = 0;
    static constexpr std::size_t trunk_parameters = trunk_network::parameter_count;
    using network = strata::model<strata::input<trunk_network::output_size> | strata::dense<100> |
                                  strata::relu | strata::dense<most_classes> | strata::softmax>;

    static constexpr std::string_view head = "input<576> | dense<100> | relu | dense<20> | softmax";

    [[nodiscard]] static std::string trunk() {
        return "input<64, 64, 3> | rescaling<0.00784313725490196, -1.0> | conv<32, 5, stride<2>, he_normal> "
               "| relu | "
               "max_pool<2> | conv<64, 3, he_normal> | relu | average_pool<4> | flatten";
    }
    [[nodiscard]] static bool is_ready() noexcept { return true; }
    std::string load(const engines::tensor_file& file) { return engines::load_weights(trunk_, file); }
    void read(std::span<const input> picture, std::span<float> features, std::span<float>) {
        engines::read_colours(picture, colours_);
        trunk_.predict_batch(colours_.data(), features.data(), 1);
    }

private:
    trunk_network trunk_{strata::seed{17}};
    std::array<float, trunk_network::input_size> colours_{};
};

} // namespace teachable
