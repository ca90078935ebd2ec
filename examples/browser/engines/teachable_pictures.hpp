// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "centernet.hpp"
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
#include <vector>

namespace teachable {

/// Pictures of 224 x 224 through a pretrained trunk. `Trunk` has `network`, `name`, `head` and `word` as
/// kinds have them, and `prepare(colours)`, which makes of numbers 0 to 255 those that the trunk takes.
template <class Trunk>
class trunk_pictures {
public:
    using trunk_network = typename Trunk::network;
    static constexpr std::string_view name = Trunk::name;
    using input = std::uint8_t;
    static constexpr std::array<std::size_t, 3> input_shape{224, 224, 4};
    static constexpr std::size_t input_size = 224 * 224 * 4;
    static constexpr std::array<std::size_t, 1> shown_shape{0};
    static constexpr std::size_t shown_size = 0;
    static constexpr std::size_t trunk_parameters = trunk_network::parameter_count;
    using network = strata::model<strata::input<trunk_network::output_size> | strata::dense<100> |
                                  strata::relu | strata::dense<most_classes> | strata::softmax>;
    static constexpr std::string_view head = Trunk::head;

    [[nodiscard]] static std::string trunk() { return std::string(Trunk::word); }
    [[nodiscard]] bool is_ready() const noexcept { return is_ready_; }
    std::string load(const engines::tensor_file& file) {
        std::string wrong = engines::load_weights(trunk_, file);
        is_ready_ = is_ready_ || wrong.empty();
        return wrong;
    }
    void read(std::span<const input> picture, std::span<float> features, std::span<float>) {
        engines::read_colours(picture, colours_);
        Trunk::prepare(colours_);
        trunk_.predict_batch(colours_.data(), features.data(), 1);
    }

private:
    trunk_network trunk_;
    std::vector<float> colours_ = std::vector<float>(trunk_network::input_size);
    bool is_ready_ = false;
};

struct centernet_trunk {
    using network = centernet::network;
    static constexpr std::string_view name = "pictures";
    static constexpr std::string_view head = "input<480> | dense<100> | relu | dense<20> | softmax";
    static constexpr std::string_view word = "centernet";
    static void prepare(std::span<float>) noexcept {}
};
using pictures = trunk_pictures<centernet_trunk>;

} // namespace teachable
