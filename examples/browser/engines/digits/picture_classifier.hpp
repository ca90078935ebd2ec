// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "../weight_bytes.hpp"
#include "stage_values.hpp"

#include <strata/layers/layers.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace engines {

/// A network for square pictures in colours, whose classes are its last axis.
class picture_classifier {
public:
    virtual ~picture_classifier() = default;

    /// Height and width of what it sees.
    [[nodiscard]] virtual std::size_t side() const = 0;
    /// JSON, as `describe_network` says it.
    [[nodiscard]] virtual std::string description() const = 0;
    /// Takes weights. Returns what is wrong, and the network is unchanged then; or nothing.
    [[nodiscard]] virtual std::string load(const tensor_file& file) = 0;
    /// The probabilities of the classes for a picture of side x side x 3, scaled.
    [[nodiscard]] virtual std::vector<float> classify(std::span<const float> picture) const = 0;
    /// Keeps what all stages make of it. Returns what they are, as `stage_values`.
    [[nodiscard]] virtual std::string look(std::span<const float> picture) = 0;
    [[nodiscard]] virtual std::span<const float> stage_numbers() const = 0;
};

/// The one whose network has this topology, which ends with logits.
template <auto Topology>
class topology_classifier final : public picture_classifier {
    using network = strata::model<(Topology | strata::softmax)>;

public:
    [[nodiscard]] std::size_t side() const override { return network::input_shape.extents[0]; }
    [[nodiscard]] std::string description() const override {
        rapidjson::StringBuffer text;
        json_writer json(text);
        json.StartObject();
        describe_network<(Topology | strata::softmax)>(json);
        json.EndObject();
        return {text.GetString(), text.GetSize()};
    }
    [[nodiscard]] std::string load(const tensor_file& file) override { return load_weights(net_, file); }
    [[nodiscard]] std::vector<float> classify(std::span<const float> picture) const override {
        std::vector<float> result(network::output_size);
        net_.predict_batch(picture.data(), result.data(), 1);
        return result;
    }
    [[nodiscard]] std::string look(std::span<const float> picture) override {
        rapidjson::StringBuffer text;
        json_writer json(text);
        stages_.run(net_, picture.template first<network::input_size>(), json);
        return {text.GetString(), text.GetSize()};
    }
    [[nodiscard]] std::span<const float> stage_numbers() const override { return stages_.numbers; }

private:
    network net_;
    stage_values stages_;
};

} // namespace engines
