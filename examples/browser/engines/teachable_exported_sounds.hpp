// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "browser_spectrogram.hpp"
#include "exported_layers.hpp"
#include "exported_sounds.hpp"
#include "teachable_learner.hpp"
#include "weight_bytes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace teachable {

/// Sounds as Teachable Machine itself learns them, from what it exported: the layers that it had learnt
/// spoken words with, and the last one. It predicts with them, and can be taught anew on the same layers.
class exported_hearing {
    using trunk_network = exported_sounds::network;
    using spectrogram = engines::browser_spectrogram;

public:
    static constexpr std::string_view name = "exported sounds";
    using input = float;
    static constexpr std::size_t rate = spectrogram::rate;
    static constexpr std::array<std::size_t, 1> input_shape{spectrogram::samples};
    static constexpr std::size_t input_size = spectrogram::samples;
    static constexpr std::array<std::size_t, 2> shown_shape{spectrogram::frames, spectrogram::bins};
    static constexpr std::size_t shown_size = spectrogram::frames * spectrogram::bins;
    static constexpr std::size_t trunk_parameters = trunk_network::parameter_count;
    using network = strata::model<strata::input<trunk_network::output_size> | strata::dense<most_classes> |
                                  strata::softmax>;
    static constexpr std::string_view head = "input<2000> | dense<20> | softmax";

    static constexpr std::string_view meaning =
        "2000 numbers that the network of Teachable Machine's export makes of 43 x 232 normalized decibels "
        "(speech commands, BROWSER_FFT)";
    [[nodiscard]] static std::string trunk() { return "exported_sounds"; }
    [[nodiscard]] bool is_ready() const noexcept { return is_ready_; }
    static std::string load(const engines::tensor_file&) {
        return "the layers below come from an export of Teachable Machine";
    }
    void read(std::span<const input> sound, std::span<float> features, std::span<float> shown) {
        const std::span<float, shown_size> levels(levels_.data(), shown_size);
        const std::size_t missing =
            spectrogram_.measure(std::span<const float, input_size>(sound.data(), input_size), levels);
        // The darkest is as loud as the noise of 16 bits.
        for (std::size_t i = 0; i < shown_size; ++i)
            shown[i] = i < missing * spectrogram::bins ? 0 : std::clamp(1 + levels[i] / 130, 0.0f, 1.0f);
        spectrogram::normalize(levels);
        trunk_.predict_batch(levels.data(), features.data(), 1);
    }

    /// Takes an export's weights: those of the layers below by TensorFlow.js's names, and of one dense layer
    /// behind them, whatever it is called. Returns what does not fit, and nothing has changed then; or
    /// nothing.
    std::string load_export(const engines::exported_weights& weights, learner<network>& learning) {
        if (!weights.problem().empty())
            return weights.problem();
        trunk_network trunk;
        std::set<std::string> used;
        if (std::string wrong =
                load_layers(trunk, exported_sounds::layer_names(), weights, used,
                            "a sound project of Teachable Machine (speech commands, 43 x 232)");
            !wrong.empty())
            return wrong;
        const engines::exported_array* scores = nullptr;
        const engines::exported_array* bias = nullptr;
        for (const auto& [array_name, array] : weights.arrays()) {
            if (used.contains(array_name))
                continue;
            if (array.shape.size() == 2 && array.shape[0] == network::input_size && scores == nullptr)
                scores = &array;
            else if (array.shape.size() == 1 && bias == nullptr)
                bias = &array;
            else
                return last_layer + ", found \"" + array_name + "\"";
        }
        const std::size_t classes = scores == nullptr ? 0 : scores->shape[1];
        if (classes < 2 || classes > most_classes || (bias != nullptr && bias->shape[0] != classes))
            return last_layer;
        set_scores(learning.network(), *scores, bias, classes);
        learning.adopt(classes);
        trunk_ = std::move(trunk);
        is_ready_ = true;
        return {};
    }

private:
    static inline const std::string last_layer =
        std::string("expected one dense layer behind \"dense_1\", of "
                    "2 to ")
            .append(std::to_string(most_classes))
            .append(" classes");

    spectrogram spectrogram_;
    trunk_network trunk_;
    std::vector<float> levels_ = std::vector<float>(shown_size);
    bool is_ready_ = false;
};

} // namespace teachable
