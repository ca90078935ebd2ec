// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "network_description.hpp"

#include <strata/topology/layer_outputs.hpp>

#include <array>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace engines {

/// A network that shows what each of its layers makes of a sample.
template <auto Topology>
class seen_network {
public:
    using network = strata::model<strata::layer_outputs(Topology)>;
    static constexpr std::size_t layer_count = network::output_count;
    using inputs = std::array<const float*, network::input_count>;

    network net;

    seen_network() : values_(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0})) {
        std::size_t begin = 0;
        for (std::size_t layer = 0; layer < layer_count; ++layer) {
            places_[layer] = values_.data() + begin;
            begin += sizes[layer];
        }
    }
    // The layers' places are in this object.
    seen_network(const seen_network&) = delete;
    seen_network& operator=(const seen_network&) = delete;

    /// Computes what all layers make of a sample.
    void run(const inputs& sample) { net.predict_batch(sample, places_, 1); }

    /// What a layer made of it, the last axis fastest.
    [[nodiscard]] std::span<const float> values(std::size_t layer) const {
        return {places_[layer], sizes[layer]};
    }
    /// What the last layer did.
    [[nodiscard]] std::span<const float> result() const { return values(layer_count - 1); }
    /// What all layers did, one after another.
    [[nodiscard]] std::span<const float> all_values() const { return values_; }

    /// JSON: "layers", each with "name", "label" and "shape", and what `describe_network` says.
    [[nodiscard]] static std::string description() {
        rapidjson::StringBuffer text;
        json_writer json(text);
        json.StartObject();
        describe_network<Topology>(json);
        json.Key("layers");
        json.StartArray();
        boost::hana::for_each(strata::layers_of(Topology), [&](auto layer) {
            json.StartObject();
            json.Key("name");
            write_text(json, layer.name);
            json.Key("label");
            write_text(json, layer.label);
            json.Key("shape");
            write_shape(json, layer.output_shape.extents);
            json.Key("parameters");
            json.Uint64(layer.parameter_count);
            json.EndObject();
        });
        json.EndArray();
        json.EndObject();
        return {text.GetString(), text.GetSize()};
    }

private:
    static constexpr auto sizes = network::output_sizes;
    std::vector<float> values_;
    std::array<float*, layer_count> places_{};
};

} // namespace engines
