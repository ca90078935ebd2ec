// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "movenet.hpp"
#include "pictures.hpp"
#include "pose_points.hpp"
#include "teachable_learner.hpp"
#include "weight_bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace teachable {

/// Poses: the points of a person, which MoveNet finds in a picture; classes are learnt from the points alone.
class poses {
    using trunk_network = movenet::network;

public:
    static constexpr std::string_view name = "poses";
    using input = std::uint8_t;
    static constexpr std::array<std::size_t, 3> input_shape{192, 192, 4};
    static constexpr std::size_t input_size = 192 * 192 * 4;
    static constexpr std::array<std::size_t, 2> shown_shape{engines::pose_point_count, 3};
    static constexpr std::size_t shown_size = engines::pose_point_count * 3;
    static constexpr std::size_t trunk_parameters = trunk_network::parameter_count;
    using network = dense_head<shown_size>;
    static constexpr std::string_view head = "input<51> | dense<100> | relu | dense<20> | softmax";

    static constexpr std::string_view meaning =
        "17 points of MoveNet: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles, of a pair "
        "the "
        "person's left one first. Of each y, x and score: y and x from the middle of the box around the "
        "points "
        "of a score of 0.1 or more, in parts of its longer side, times the score; all three 0 below that";
    [[nodiscard]] static std::string trunk() { return "movenet"; }
    [[nodiscard]] bool is_ready() const noexcept { return is_ready_; }
    std::string load(const engines::tensor_file& file) {
        std::string wrong = engines::load_weights(trunk_, file);
        is_ready_ = is_ready_ || wrong.empty();
        return wrong;
    }
    void read(std::span<const input> picture, std::span<float> features, std::span<float> shown) {
        engines::read_colours(picture, colours_);
        trunk_.predict_batch({colours_.data()},
                             {heads_[0].data(), heads_[1].data(), heads_[2].data(), heads_[3].data()}, 1);
        const auto points = engines::pose_points(heads_[0], heads_[1], heads_[2], heads_[3]);
        for (std::size_t i = 0; i < points.size(); ++i) {
            shown[3 * i] = points[i].y;
            shown[3 * i + 1] = points[i].x;
            shown[3 * i + 2] = points[i].score;
        }
        engines::normalize_pose(points, features);
    }

private:
    trunk_network trunk_;
    std::vector<float> colours_ = std::vector<float>(trunk_network::input_size);
    std::array<std::vector<float>, 4> heads_{std::vector<float>(trunk_network::output_sizes[0]),
                                             std::vector<float>(trunk_network::output_sizes[1]),
                                             std::vector<float>(trunk_network::output_sizes[2]),
                                             std::vector<float>(trunk_network::output_sizes[3])};
    bool is_ready_ = false;
};

} // namespace teachable
