// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "image_classifier.hpp"

#include <strata/model/layer_outputs.hpp>

/// The classifier whose network has this topology, which ends with logits.
template <auto Topology>
class topology_classifier final : public image_classifier {
    using network = strata::model<(Topology | strata::softmax)>;

public:
    explicit topology_classifier(std::uint64_t seed) : net_(strata::seed{seed}) {}

    [[nodiscard]] std::size_t side() const override { return network::input_shape.extents[0]; }
    [[nodiscard]] std::size_t parameter_count() const override { return network::parameter_count; }
    [[nodiscard]] std::size_t weight_count() const override { return network::weight_count; }
    void set_weights(std::span<const float> weights) override { net_.set_weights(weights); }

    [[nodiscard]] std::vector<float>
    classify(std::span<const float> image,
             const std::function<void(const layer_values&)>& visit) const override {
        layer_values layer;
        visit_layer_outputs(net_, image.first<network::input_size>(),
                            [&](const strata::layer_output<float>& output) {
                                layer.layers = output.name;
                                layer.shape = output.shape;
                                layer.values.clear();
                                for (std::size_t row = 0; row < output.row_count; ++row) {
                                    const float* const first = output.rows.row(row);
                                    layer.values.insert(layer.values.end(), first, first + output.row_length);
                                }
                                visit(layer);
                            });
        return layer.values; // those of the softmax, which comes last
    }

private:
    network net_;
};
