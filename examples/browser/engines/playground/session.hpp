// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "formula_parser.hpp"
#include "network.hpp"
#include "points.hpp"
#include "program_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace playground {

/// What a page trains: points, a network and how it learns.
class session {
public:
    /// The half side of the square that the page shows, with (0, 0) in its middle.
    static constexpr double half_side = 6;

    session() { rebuild(); }

    /// Points as the page has them, [count][x, y, label], of which `share` are for training: at least one
    /// where there are any. A data set's are shuffled already. The network begins again unless it `stays`.
    void set_points(std::span<const float> points, double share, bool stays = false) {
        points_.assign(points.begin(), points.end());
        const std::size_t count = points_.size() / 3;
        train_count_ = std::min(
            count, std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(count) * share)));
        see_points();
        if (!stays)
            rebuild();
    }
    [[nodiscard]] std::span<const float> points() const { return points_; }
    [[nodiscard]] std::size_t train_count() const { return train_count_; }

    /// Another network, at its first weights.
    void set_topology(const std::vector<std::size_t>& seen, const std::vector<std::size_t>& hidden,
                      const activation& hidden_activation, goal purpose, std::uint64_t seed) {
        described_.features = seen;
        described_.hidden = hidden;
        described_.hidden_activation = hidden_activation;
        described_.purpose = purpose;
        described_.seed = seed;
        see_points();
        rebuild();
    }
    /// Changes how the network learns from here on. Another optimizer begins without memory.
    void set_learning(const learning& how) { described_.how = how; }

    /// The first weights again.
    void rebuild() {
        network_.emplace(described_.features.size(), described_.hidden, described_.hidden_activation,
                         described_.purpose);
        network_->initialize(strata::seed{described_.seed});
        described_.epochs = 0;
        has_diverged_ = false;
    }

    /// Trains for some epochs; fewer where the loss is no longer finite.
    void train(std::size_t epochs) {
        const samples seen = samples_of(0, train_count_);
        for (std::size_t i = 0; i < epochs && seen.count > 0 && !has_diverged_; ++i) {
            has_diverged_ = !strata::bedrock::detail::is_finite(network_->train(seen, described_.how));
            ++described_.epochs;
        }
    }
    [[nodiscard]] bool has_diverged() const { return has_diverged_; }
    [[nodiscard]] std::uint64_t epochs() const { return described_.epochs; }
    [[nodiscard]] double train_loss() { return network_->loss(samples_of(0, train_count_), described_.how); }
    [[nodiscard]] double test_loss() {
        return network_->loss(samples_of(train_count_, points_.size() / 3), described_.how);
    }
    /// A unit's sum for a training point of which the user's formula has no value: where there is one, the
    /// loss is no number.
    [[nodiscard]] std::optional<float> sum_without_value() {
        if (described_.hidden_activation.own() == nullptr)
            return std::nullopt;
        return network_->sum_without_value(samples_of(0, train_count_));
    }

    /// Every weight and bias: for each layer [inputs][units], then [units].
    [[nodiscard]] std::vector<float> weights() {
        std::vector<float> result;
        for (std::size_t i = 0; i < network_->layer_count(); ++i) {
            for (std::size_t k = 0; k < network_->inputs(i); ++k)
                for (std::size_t n = 0; n < network_->units(i); ++n)
                    result.push_back(network_->weight(i, k, n));
            for (std::size_t n = 0; n < network_->units(i); ++n)
                result.push_back(network_->bias(i, n));
        }
        return result;
    }
    /// Sets them again, from what `weights` gave; other counts are passed over.
    void set_weights(std::span<const float> given) {
        if (given.size() != weights().size())
            return;
        std::size_t next = 0;
        for (std::size_t i = 0; i < network_->layer_count(); ++i) {
            for (std::size_t k = 0; k < network_->inputs(i); ++k)
                for (std::size_t n = 0; n < network_->units(i); ++n)
                    network_->weight(i, k, n) = given[next++];
            for (std::size_t n = 0; n < network_->units(i); ++n)
                network_->bias(i, n) = given[next++];
        }
        has_diverged_ = false;
    }

    /// What every unit makes of a grid of `side` x `side` points of the square, rows from the top: [units of
    /// all layers][side][side]. With `only` that unit alone.
    [[nodiscard]] std::vector<float> draw(std::size_t side, std::optional<std::size_t> only = {}) {
        std::vector<float> x;
        for (std::size_t row = 0; row < side; ++row)
            for (std::size_t column = 0; column < side; ++column)
                see(coordinate(column, side), -coordinate(row, side), x);
        x.resize(x.size() + slack);
        const std::size_t area = side * side;
        std::vector<std::size_t> first_units(network_->layer_count() + 1);
        for (std::size_t i = 0; i < network_->layer_count(); ++i)
            first_units[i + 1] = first_units[i] + network_->units(i);
        std::vector<float> result((only ? 1 : first_units.back()) * area);
        network_->predict(x.data(), area,
                          [&](std::size_t layer, std::size_t begin, const float* outputs, std::size_t count) {
                              const std::size_t units = network_->units(layer);
                              for (std::size_t n = 0; n < units; ++n) {
                                  const std::size_t unit = first_units[layer] + n;
                                  if (only && *only != unit)
                                      continue;
                                  float* const map = result.data() + (only ? 0 : unit) * area + begin;
                                  for (std::size_t i = 0; i < count; ++i)
                                      map[i] = outputs[i * units + n];
                              }
                          });
        return result;
    }
    /// A feature on the same grid.
    [[nodiscard]] static std::vector<float> draw_feature(std::size_t side, std::size_t number) {
        std::vector<float> result;
        for (std::size_t row = 0; row < side; ++row)
            for (std::size_t column = 0; column < side; ++column)
                result.push_back(static_cast<float>(
                    features[number].value(coordinate(column, side), -coordinate(row, side))));
        return result;
    }

    [[nodiscard]] std::string type() const { return type_text(described_); }
    [[nodiscard]] std::string program() const { return program_text(described_, points_, train_count_); }

private:
    /// The middle of a cell of the grid.
    static double coordinate(std::size_t cell, std::size_t side) {
        return half_side * ((2 * static_cast<double>(cell) + 1) / static_cast<double>(side) - 1);
    }
    void see(double x, double y, std::vector<float>& seen) const {
        for (const std::size_t number : described_.features)
            seen.push_back(static_cast<float>(features[number].value(x, y)));
    }
    void see_points() {
        x_.clear();
        y_.clear();
        for (std::size_t i = 0; i < points_.size(); i += 3) {
            see(static_cast<double>(points_[i]), static_cast<double>(points_[i + 1]), x_);
            const float label = points_[i + 2];
            y_.push_back(described_.purpose == goal::likely_classes ? (label > 0 ? 1.0f : 0.0f) : label);
        }
        x_.resize(x_.size() + slack);
        y_.resize(y_.size() + slack);
    }
    [[nodiscard]] samples samples_of(std::size_t begin, std::size_t end) const {
        return {x_.data() + begin * described_.features.size(), y_.data() + begin, end - begin};
    }

    description described_{{0, 1}, {4, 2}, activations[1], goal::squared_classes, {}, 0, 0};
    std::vector<float> points_;
    std::size_t train_count_ = 0;
    std::vector<float> x_ = std::vector<float>(slack);
    std::vector<float> y_ = std::vector<float>(slack);
    std::optional<network> network_;
    bool has_diverged_ = false;
};

} // namespace playground
