// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "exported_layers.hpp"
#include "exported_pictures.hpp"
#include "exported_weights.hpp"
#include "teachable_learner.hpp"
#include "teachable_pictures.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace teachable {

struct exported_trunk : loaded_trunk {
    using network = exported_pictures::network;
    static constexpr std::string_view name = "exported pictures";
    static constexpr std::string_view head = "input<1280> | dense<100> | relu | dense<20> | softmax";
    static constexpr std::string_view word = "exported_pictures";
};

/// Pictures as Teachable Machine itself learns them, from what it exported: the trunk's weights and those of
/// the network behind it. It predicts with them, and can be taught anew on the same trunk.
class exported : public trunk_pictures<exported_trunk> {
public:
    /// Takes an export's weights: those of the trunk, and of two dense layers behind it, whatever they are
    /// called, the second of which may lack a bias. Returns what does not fit, and nothing has changed then;
    /// or nothing.
    std::string load_export(const engines::exported_weights& weights, learner<network>& learning) {
        if (!weights.problem().empty())
            return weights.problem();
        trunk_network trunk;
        std::set<std::string> used;
        if (std::string wrong =
                load_layers(trunk, exported_pictures::layer_names(), weights, used,
                            "a picture project of Teachable Machine (MobileNet v2, 0.35, 224)");
            !wrong.empty())
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
        set_scores(learning.network(), *scores, scores_bias, classes);
        learning.adopt(classes);
        adopt(std::move(trunk));
        return {};
    }
};

} // namespace teachable
