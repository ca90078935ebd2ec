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
#include <utility>
#include <vector>

namespace teachable {

/// Pictures through a trunk that makes features of them, and is loaded or, without a file, drawn. `Trunk` has
/// `network`, of pictures of `side` x `side`; `name` and `head` as kinds have them; `word`, what `trunk()`
/// says; `is_drawn`; and `prepare(colours)`, which makes of numbers 0 to 255 those that the network takes.
template <class Trunk>
class trunk_pictures {
public:
    using trunk_network = typename Trunk::network;
    static constexpr std::string_view name = Trunk::name;
    using input = std::uint8_t;
    static constexpr std::array<std::size_t, 3> input_shape{Trunk::side, Trunk::side, 4};
    static constexpr std::size_t input_size = Trunk::side * Trunk::side * 4;
    static constexpr std::array<std::size_t, 1> shown_shape{0};
    static constexpr std::size_t shown_size = 0;
    static constexpr std::size_t trunk_parameters = trunk_network::parameter_count;
    using network = dense_head<trunk_network::output_size>;
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

protected:
    /// Takes another trunk, whose weights are known.
    void adopt(trunk_network&& trunk) {
        trunk_ = std::move(trunk);
        is_ready_ = true;
    }

private:
    // Those that are drawn are always the same.
    trunk_network trunk_{strata::seed{17}};
    std::vector<float> colours_ = std::vector<float>(trunk_network::input_size);
    bool is_ready_ = Trunk::is_drawn;
};

/// What most trunks are: loaded, and of numbers 0 to 255.
struct loaded_trunk {
    static constexpr std::size_t side = 224;
    static constexpr bool is_drawn = false;
    static void prepare(std::span<float>) noexcept {}
};

/// MobileNet, trained on everyday objects.
struct centernet_trunk : loaded_trunk {
    using network = centernet::network;
    static constexpr std::string_view name = "pictures";
    static constexpr std::string_view head = "input<480> | dense<100> | relu | dense<20> | softmax";
    static constexpr std::string_view word = "centernet";
};
using pictures = trunk_pictures<centernet_trunk>;

} // namespace teachable
