// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "spectrogram.hpp"
#include "teachable_learner.hpp"
#include "weight_bytes.hpp"

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace teachable {

/// Sounds of one second, by their spectrograms: a small convolutional network learns them from the first
/// weights on.
class sounds {
public:
    static constexpr std::string_view name = "sounds";
    using input = float;
    static constexpr std::size_t rate = engines::spectrogram::rate;
    static constexpr std::array<std::size_t, 1> input_shape{engines::spectrogram::rate};
    static constexpr std::size_t input_size = engines::spectrogram::rate;
    static constexpr std::array<std::size_t, 2> shown_shape{engines::spectrogram::steps,
                                                            engines::spectrogram::bands};
    static constexpr std::size_t shown_size = engines::spectrogram::steps * engines::spectrogram::bands;
    static constexpr std::size_t trunk_parameters = 0;
    using network =
        strata::model<strata::input<engines::spectrogram::steps, engines::spectrogram::bands, 1> |
                      strata::rescaling<2.0, -1.0> |
                      strata::conv<8, 5, strata::stride<2>, strata::same, strata::he_normal> | strata::relu |
                      strata::conv<16, 3, strata::stride<2>, strata::same, strata::he_normal> | strata::relu |
                      strata::conv<32, 3, strata::stride<2>, strata::same, strata::he_normal> | strata::relu |
                      strata::flatten | strata::dropout<0.25> | strata::dense<most_classes> |
                      strata::softmax>;

    static constexpr std::string_view head =
        "input<48, 40, 1> | rescaling<2.0, -1.0> | conv<8, 5, stride<2>, same, he_normal> | "
        "relu | conv<16, 3, stride<2>, same, he_normal> | relu | "
        "conv<32, 3, stride<2>, same, he_normal> | relu | flatten | dropout<0.25> | "
        "dense<20> | softmax";

    [[nodiscard]] static std::string trunk() {
        return "a spectrogram: 48 steps of 40 bands (mel, 60 to 7,600 Hz), 0 for -80 dB to 1 for 0 dB";
    }
    [[nodiscard]] static bool is_ready() noexcept { return true; }
    static std::string load(const engines::tensor_file&) { return "sounds are learnt without a trunk"; }
    void read(std::span<const input> sound, std::span<float> features, std::span<float> shown) {
        spectrogram_.compute(std::span<const float, input_size>(sound.data(), input_size),
                             std::span<float, shown_size>(shown.data(), shown_size));
        std::copy(shown.begin(), shown.end(), features.begin());
    }

private:
    engines::spectrogram spectrogram_;
};

} // namespace teachable
