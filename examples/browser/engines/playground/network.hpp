// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "activations.hpp"
#include "layer_kernels.hpp"
#include "sample_step.hpp"
#include "update_steps.hpp"

#include <strata/expression/finite.hpp>
#include <strata/kernels/aligned_vector.hpp>
#include <strata/kernels/formula/loss.hpp>
#include <strata/kernels/threads/denormals.hpp>
#include <strata/learning/losses.hpp>
#include <strata/model/parameters.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace playground {

/// A network of dense layers whose topology is known at run time alone: the twin of
/// `model<input<K> | dense<a> | activation | ... | dense<1> | tanh>`.
///
/// Whole networks cannot be compiled ahead: layers of 1 to 8 units behind 1 to 7 features make more than
/// 10^6 topologies. Layers can: 64 shapes, each the library's own three kernels (94 kB compressed), and
/// activations, losses and rules of optimizers that are the library's formulas, each in a pass of its own. A
/// test compares weights with those of compiled networks, to the last bit.
class network {
public:
    /// `hidden` are the units of each hidden layer, 1 to 8; there are 1 to 8 inputs.
    network(std::size_t inputs, std::span<const std::size_t> hidden, const activation& hidden_activation,
            goal purpose)
        : hidden_activation_(hidden_activation),
          output_activation_(kernels_of_goal(purpose)),
          purpose_(purpose) {
        std::size_t width = inputs;
        std::size_t place = 0;
        const auto add = [&](std::size_t units) {
            const layer_kernels& kernels = kernels_of_shape(width, units);
            layers_.push_back({&kernels, width, units, place});
            place += kernels.size;
            width = units;
        };
        std::for_each(hidden.begin(), hidden.end(), add);
        add(1);
        weights_.assign(place + slack, 0);
        gradients_.assign(place + slack, 0);
    }

    [[nodiscard]] std::size_t layer_count() const { return layers_.size(); }
    [[nodiscard]] std::size_t inputs(std::size_t layer = 0) const { return layers_[layer].inputs; }
    [[nodiscard]] std::size_t units(std::size_t layer) const { return layers_[layer].units; }
    [[nodiscard]] float& weight(std::size_t layer, std::size_t input, std::size_t unit) {
        return weights_[layers_[layer].place + layers_[layer].kernels->index(input, unit)];
    }
    [[nodiscard]] float& bias(std::size_t layer, std::size_t unit) {
        return weights_[layers_[layer].place + layers_[layer].kernels->bias_begin + unit];
    }

    /// The first weights of the library's network of this topology and seed; the steps count from 0 again.
    void initialize(strata::seed key) {
        namespace library = strata::bedrock;
        std::fill(weights_.begin(), weights_.end(), 0.0f);
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            const double spread = library::glorot_uniform.spread(layers_[i].inputs, layers_[i].units);
            library::random_sequence random(key, library::draw_purpose::initial_weights,
                                            static_cast<std::uint32_t>(i));
            for (std::size_t k = 0; k < layers_[i].inputs; ++k)
                for (std::size_t n = 0; n < layers_[i].units; ++n)
                    weight(i, k, n) = static_cast<float>(
                        library::internal::draw(random, library::glorot_uniform.drawn_from, spread));
        }
        forget_states();
    }
    /// Begins again with the optimizer's states.
    void forget_states() { steps_.forget(); }

    /// One pass over the samples in their order with an update after every batch. Returns the mean of the
    /// losses before each update, penalties included. A batch whose loss is no finite number changes nothing
    /// and ends the pass.
    double train(const samples& all, const learning& how) {
        const strata::bedrock::flush_denormals fast;
        make_room(std::min(how.batch, all.count));
        steps_.prepare(layers_, weights_, gradients_, how);
        const bool is_by_sample = how.batch == 1 && is_small(how);
        double sum = 0;
        for (std::size_t begin = 0; begin < all.count; begin += how.batch) {
            const std::size_t count = std::min(how.batch, all.count - begin);
            const samples batch{all.x + begin * inputs(), all.y + begin, count};
            const double loss = is_by_sample ? step_by_sample(batch, how) : step_by_batch(batch, how);
            sum += loss;
            if (!strata::bedrock::detail::is_finite(loss))
                break;
        }
        return sum / static_cast<double>(all.count);
    }

    /// The mean loss of the samples, penalties included.
    double loss(const samples& all, const learning& how) {
        const strata::bedrock::flush_denormals fast;
        const double penalty = penalties(how);
        double sum = 0;
        for (std::size_t begin = 0; begin < all.count; begin += part) {
            const std::size_t count = std::min(part, all.count - begin);
            make_room(count);
            forward(all.x + begin * inputs(), count);
            sum += losses_of({nullptr, all.y + begin, count}, false) + penalty * static_cast<double>(count);
        }
        return all.count == 0 ? 0 : sum / static_cast<double>(all.count);
    }

    /// visit(layer, first, outputs, count) sees the outputs of every layer, [samples][units], for some of the
    /// samples at a time, those of the last layer as predictions.
    template <class Visit>
    void predict(const float* x, std::size_t count, const Visit& visit) {
        for (std::size_t begin = 0; begin < count; begin += part) {
            const std::size_t some = std::min(part, count - begin);
            make_room(some);
            forward(x + begin * inputs(), some);
            if (purpose_ == goal::likely_classes)
                output_activation_.forward(layers_.back().sums.data(), layers_.back().outputs.data(), some,
                                           1);
            for (std::size_t i = 0; i < layers_.size(); ++i)
                visit(i, begin,
                      activation_of(i).is_identity() ? layers_[i].sums.data() : layers_[i].outputs.data(),
                      some);
        }
    }

    /// A finite sum of a hidden unit, of one of these samples, of which the activation has no value: the
    /// first one in the order of layers; none where all have one.
    [[nodiscard]] std::optional<float> sum_without_value(const samples& all) {
        for (std::size_t begin = 0; begin < all.count; begin += part) {
            const std::size_t count = std::min(part, all.count - begin);
            make_room(count);
            forward(all.x + begin * inputs(), count);
            for (std::size_t i = 0; i + 1 < layers_.size(); ++i)
                for (std::size_t n = 0; has_tail(i) && n < count * layers_[i].units; ++n)
                    if (strata::bedrock::detail::is_finite(layers_[i].sums[n]) &&
                        !strata::bedrock::detail::is_finite(layers_[i].outputs[n]))
                        return layers_[i].sums[n];
        }
        return std::nullopt;
    }

private:
    /// Samples at a time: as many as the trainer's `evaluate` adds up first, and so few that all layers'
    /// outputs stay in the cache.
    static constexpr std::size_t part = 256;

    [[nodiscard]] const activation& activation_of(std::size_t layer) const {
        return layer + 1 == layers_.size() ? output_activation_ : hidden_activation_;
    }
    /// The loss applies a sigmoid itself.
    [[nodiscard]] bool has_tail(std::size_t layer) const {
        return !activation_of(layer).is_identity() &&
               !(layer + 1 == layers_.size() && purpose_ == goal::likely_classes);
    }
    static const pointwise_kernels& kernels_of_goal(goal purpose) {
        return *find_activation(purpose == goal::squared_classes  ? "tanh"
                                : purpose == goal::likely_classes ? "sigmoid"
                                                                  : "linear");
    }

    void make_room(std::size_t count) {
        if (count <= room_)
            return;
        for (layer& each : layers_)
            for (auto* numbers : {&each.sums, &each.outputs, &each.delta})
                numbers->assign(count * each.units + slack, 0);
        room_ = count;
    }

    void forward(const float* x, std::size_t count) {
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            layer& each = layers_[i];
            each.kernels->forward(weights_.data() + each.place, x, each.sums.data(), count);
            if (has_tail(i))
                activation_of(i).forward(each.sums.data(), each.outputs.data(), count, each.units);
            x = has_tail(i) ? each.outputs.data() : each.sums.data();
        }
    }

    /// The sum of the losses of the samples behind `forward`; with `derives` also the derivatives by the
    /// sums.
    double losses_of(const samples& batch, bool derives) {
        layer& last = layers_.back();
        const float weight = static_cast<float>(1 / static_cast<double>(batch.count));
        float* const outputs = has_tail(layers_.size() - 1) ? last.outputs.data() : last.sums.data();
        double sum = 0;
        for (std::size_t i = 0; i < batch.count; ++i)
            sum += loss_of_output(purpose_, outputs + i, batch.y[i],
                                  derives ? last.delta.data() + i : nullptr, weight);
        return sum;
    }

    [[nodiscard]] const float* kept_of(std::size_t i) const {
        return activation_of(i).from_output() ? layers_[i].outputs.data() : layers_[i].sums.data();
    }

    double step_by_batch(const samples& batch, const learning& how) {
        forward(batch.x, batch.count);
        const double loss = losses_of(batch, true) + penalties(how) * static_cast<double>(batch.count);
        if (!strata::bedrock::detail::is_finite(loss))
            return loss;
        for (std::size_t i = layers_.size(); i-- > 0;) {
            layer& each = layers_[i];
            if (has_tail(i))
                activation_of(i).multiply_slope(kept_of(i), each.delta.data(), batch.count, each.units);
            if (i > 0)
                each.kernels->backward(weights_.data() + each.place, each.delta.data(),
                                       layers_[i - 1].delta.data(), batch.count);
            const float* const x = i == 0            ? batch.x
                                   : has_tail(i - 1) ? layers_[i - 1].outputs.data()
                                                     : layers_[i - 1].sums.data();
            each.kernels->update(x, each.delta.data(), gradients_.data() + each.place, batch.count);
        }
        steps_.take(how.optimizer->update);
        return loss;
    }

    /// Whether the library's engine takes steps by single samples in plain numbers, which round differently.
    [[nodiscard]] bool is_small(const learning& how) const {
        return how.optimizer->update_singly != nullptr &&
               std::all_of(layers_.begin(), layers_.end(), [](const layer& each) {
                   return each.inputs * each.units <= 8 && each.units <= 2;
               });
    }
    double step_by_sample(const samples& one, const learning& how) {
        const double penalty = penalties(how);
        const double loss =
            run_sample(std::span<layer>(layers_), weights_.data(), gradients_.data(), one.x, *one.y, purpose_,
                       [&](std::size_t i) { return has_tail(i) ? &activation_of(i) : nullptr; });
        if (strata::bedrock::detail::is_finite(loss))
            steps_.take(how.optimizer->update_singly);
        return loss + penalty;
    }

    /// What the penalties of all weights add to a sample's loss.
    [[nodiscard]] double penalties(const learning& how) {
        double result = 0;
        for (std::size_t i = 0; (how.l1 != 0 || how.l2 != 0) && i < layers_.size(); ++i) {
            double sum = 0;
            for (std::size_t k = 0; k < layers_[i].inputs; ++k)
                for (std::size_t n = 0; n < layers_[i].units; ++n) {
                    const double w = static_cast<double>(weight(i, k, n));
                    sum += how.l1 * std::abs(w) + how.l2 * w * w;
                }
            result += sum;
        }
        return result;
    }

    std::vector<layer> layers_;
    activation hidden_activation_;
    activation output_activation_;
    goal purpose_;
    strata::bedrock::aligned_vector<float> weights_;
    strata::bedrock::aligned_vector<float> gradients_;
    update_steps steps_;
    std::size_t room_ = 0;
};

} // namespace playground
