// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "../../networks/mobilenet.hpp"
#include "teachable_pictures.hpp"

#include <strata/layers/layers.hpp>
#include <strata/model/model.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace teachable {

/// MobileNet v2 up to its features, with weights of the user's own: those of `networks::mobilenet_v2`, as
/// `save_weights` writes them; its last layer's are left alone.
struct mobilenet_trunk : loaded_trunk {
    static constexpr auto topology = strata::input<224, 224, 3> | networks::mobilenet::features;
    using network = strata::model<topology>;
    static constexpr std::string_view name = "pictures by MobileNet v2";
    static constexpr std::string_view head = "input<1280> | dense<100> | relu | dense<20> | softmax";
    static constexpr std::string_view word =
        "MobileNet v2 of examples/networks/mobilenet.hpp, up to its 1280 features";

    /// Torchvision's scale: of ImageNet's pictures the mean and the deviation of each colour.
    static void prepare(std::span<float> colours) noexcept {
        constexpr std::array mean{0.485f, 0.456f, 0.406f};
        constexpr std::array deviation{0.229f, 0.224f, 0.225f};
        for (std::size_t i = 0; i < colours.size(); ++i)
            colours[i] = (colours[i] / 255 - mean[i % 3]) / deviation[i % 3];
    }
};
using mobilenet_pictures = trunk_pictures<mobilenet_trunk>;

// What follows the features has weights of its own in the file.
static_assert(mobilenet_trunk::network::parameter_count == 3'504'872 - 1'281'000);

} // namespace teachable
