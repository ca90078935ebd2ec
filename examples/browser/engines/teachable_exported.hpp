// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "exported_pictures.hpp"
#include "exported_weights.hpp"
#include "pictures.hpp"
#include "teachable_learner.hpp"
#include "weight_bytes.hpp"

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace teachable {

/// Pictures as Teachable Machine itself learns them, from what it exported: the trunk's weights and those of
/// the network behind it. It predicts with them, and can be taught anew on the same trunk.
class exported {
public:
    using trunk_network = exported_pictures::network;
    static constexpr std::string_view name = "exported pictures";
    using input = std::uint8_t;
    static constexpr std::array<std::size_t, 3> input_shape{224, 224, 4};
    static constexpr std::size_t input_size = 224 * 224 * 4;
    static constexpr std::array<std::size_t, 1> shown_shape{0};
    static constexpr std::size_t shown_size = 0;
    static constexpr std::size_t trunk_parameters = trunk_network::parameter_count;
    using network = strata::model<strata::input<trunk_network::output_size> | strata::dense<100> |
                                  strata::relu | strata::dense<most_classes> | strata::softmax>;
    static constexpr std::string_view head = "input<1280> | dense<100> | relu | dense<20> | softmax";

    [[nodiscard]] static std::string trunk() { return "exported_pictures"; }
    [[nodiscard]] bool is_ready() const noexcept { return is_ready_; }
    std::string load(const engines::tensor_file& file) {
        std::string wrong = engines::load_weights(trunk_, file);
        is_ready_ = is_ready_ || wrong.empty();
        return wrong;
    }
    void read(std::span<const input> picture, std::span<float> features, std::span<float>) {
        engines::read_colours(picture, colours_);
        trunk_.predict_batch(colours_.data(), features.data(), 1);
    }

    /// Takes an export's weights: those of the trunk, and of two dense layers behind it, whatever they are
    /// called, the second of which may lack a bias. Returns what does not fit, and nothing has changed then;
    /// or nothing.
    std::string load_export(const engines::exported_weights& weights, learner<network>& learning) {
        if (!weights.problem().empty())
            return weights.problem();
        trunk_network trunk;
        std::set<std::string> used;
        if (std::string wrong = load_layers(trunk, weights, used); !wrong.empty())
            return wrong;
        const engines::exported_array* hidden = nullptr;
        const engines::exported_array* hidden_bias = nullptr;
        const engines::exported_array* scores = nullptr;
        const engines::exported_array* scores_bias = nullptr;
        for (const auto& [array_name, array] : weights.arrays()) {
            if (used.contains(array_name))
                continue;
            const bool is_kernel = array.shape.size() == 2;
            const std::size_t width = array.shape.empty() ? 0 : array.shape.back();
            if (is_kernel && array.shape[0] == network::input_size && width == 100)
                hidden = &array;
            else if (is_kernel && array.shape[0] == 100 && width >= 2 && width <= most_classes)
                scores = &array;
            else if (array.shape.size() == 1 && width == 100)
                hidden_bias = &array;
            else if (array.shape.size() == 1 && width >= 2 && width <= most_classes)
                scores_bias = &array;
            else
                return "expected two dense layers behind the trunk, of 100 outputs and of 2 to " +
                       std::to_string(most_classes) + ", found \"" + array_name + "\"";
        }
        if (hidden == nullptr || hidden_bias == nullptr || scores == nullptr)
            return "expected two dense layers behind the trunk, of 100 outputs and of 2 to " +
                   std::to_string(most_classes);
        const std::size_t classes = scores->shape[1];
        if (scores_bias != nullptr && scores_bias->shape[0] != classes)
            return "expected a bias of " + std::to_string(classes) + " classes";
        const auto parameters = learning.network().parameters();
        parameters[0].set(hidden->numbers);
        parameters[1].set(hidden_bias->numbers);
        for (std::size_t i = 0; i < scores->numbers.size(); ++i)
            parameters[2][i / classes * most_classes + i % classes] = scores->numbers[i];
        for (std::size_t i = 0; i < classes; ++i)
            parameters[3][i] = scores_bias == nullptr ? 0 : scores_bias->numbers[i];
        learning.adopt(classes);
        trunk_ = std::move(trunk);
        is_ready_ = true;
        return {};
    }

private:
    /// Gives the trunk the arrays of its layers, by Keras's names for both.
    static std::string load_layers(trunk_network& trunk, const engines::exported_weights& weights,
                                   std::set<std::string>& used) {
        const std::vector<std::string> layers = exported_pictures::layer_names();
        const auto parameters = trunk.parameters();
        std::size_t layer = 0;
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            if (i > 0 && parameters[i].layer() != parameters[i - 1].layer())
                ++layer;
            const std::string own = parameters[i].name().substr(parameters[i].name().rfind('.') + 1);
            const std::string wanted = layers[layer] + "/" + own;
            const auto* const array = weights.find(wanted);
            // A depthwise kernel of Keras has an axis of one filter a channel.
            if (array == nullptr || array->numbers.size() != parameters[i].size())
                return "expected \"" + wanted + "\" of " + std::to_string(parameters[i].size()) +
                       " numbers, as in a picture project of Teachable Machine (MobileNet v2, 0.35, 224)";
            parameters[i].set(array->numbers);
            used.insert(wanted);
        }
        return {};
    }

    trunk_network trunk_;
    std::vector<float> colours_ = std::vector<float>(trunk_network::input_size);
    bool is_ready_ = false;
};

} // namespace teachable
