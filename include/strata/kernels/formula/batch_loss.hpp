// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/formula/loss_target.hpp>
#include <strata/learning/batch_losses.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// A loss of the distances within a batch of outputs [samples][Size]. Threads share the samples: each
/// measures its own, they meet, and each derives by the outputs of its own, so that the order of all sums is
/// that of the samples.
template <class Loss, std::size_t Size, class T>
struct batch_loss {
    const T* outputs;
    const std::int32_t* groups;
    const T* weights; ///< what each sample's own part of the loss counts; null: 1
    std::size_t samples;
    double* distances; ///< [samples][samples]
    double* slopes;    ///< [samples][samples]: by the distance of two, as the first of them measured it

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    using V = loss_value<T, Size>;

    /// Writes what each sample of a part adds to the loss, whose mean over the batch it is.
    void measure(std::size_t begin, std::size_t end, double weight, double* losses) const noexcept {
        const double mean_scale = scale_of_samples();
        for (std::size_t a = begin; a < end; ++a) {
            const double scale =
                weights == nullptr ? mean_scale : mean_scale * static_cast<double>(weights[a]);
            double* const distance = distances + a * samples;
            double* const slope = slopes + a * samples;
            for (std::size_t b = 0; b < samples; ++b)
                distance[b] = a == b ? 0 : distance_of(a, b);
            std::fill_n(slope, samples, 0.0);
            losses[a] += weight * scale * measure_sample(Loss{}, a, distance, slope);
            for (std::size_t b = 0; b < samples; ++b)
                slope[b] *= scale;
        }
    }

    /// Writes `weight` times the derivatives by the outputs of a part, after all have measured.
    void derive(std::size_t begin, std::size_t end, T weight, T* deltas) const noexcept {
        for (std::size_t a = begin; a < end; ++a) {
            T* const delta = deltas + a * Size;
            std::fill_n(delta, Size, T(0));
            for (std::size_t b = 0; b < samples; ++b) {
                const double distance = distances[a * samples + b];
                const double slope = slopes[a * samples + b] + slopes[b * samples + a];
                if (slope == 0 || distance == 0) // two samples at one place pull in no direction
                    continue;
                const V factor(weight * static_cast<T>(slope / distance));
                visit_outputs<Size, T>([&](auto count, std::size_t i) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    const V way = difference<lanes>(a, b, i);
                    store_first<lanes>(V(load_first<lanes, V>(delta + i) + factor * way), delta + i);
                });
            }
        }
    }

private:
    template <std::size_t Lanes>
    V difference(std::size_t a, std::size_t b, std::size_t i) const noexcept {
        return load_first<Lanes, V>(outputs + a * Size + i) - load_first<Lanes, V>(outputs + b * Size + i);
    }
    double distance_of(std::size_t a, std::size_t b) const noexcept {
        V sum(T(0));
        visit_outputs<Size, T>([&](auto count, std::size_t i) {
            const V way = difference<decltype(count)::value>(a, b, i);
            sum += way * way;
        });
        if constexpr (Size == 1)
            return std::sqrt(static_cast<double>(sum));
        else
            return std::sqrt(static_cast<double>(add_lanes(sum)));
    }

    // What a sample's sum counts in the mean over the batch.
    double scale_of_samples() const noexcept {
        const auto all = static_cast<double>(samples);
        if constexpr (requires { Loss::kind; }) {
            if constexpr (Loss::kind == mining::hard)
                return 1;
            else {
                double pairs = 0;
                for (std::size_t a = 0; a < samples; ++a)
                    for (std::size_t b = 0; b < samples; ++b)
                        pairs += a != b && groups[a] == groups[b];
                return pairs == 0 ? 0 : all / pairs;
            }
        } else
            return samples < 2 ? 0 : 1 / (all - 1);
    }

    template <text Name, auto Alike, auto Different>
    double measure_sample(pair_loss_function<Name, Alike, Different>, std::size_t a, const double* distance,
                          double* slope) const noexcept {
        double sum = 0;
        const auto pair = [&](auto formula, std::size_t b) {
            const auto variables = bind(detail::loss_formulas::distance = distance[b]);
            sum += evaluate<double>(formula, variables);
            // The other sample of the pair adds the other half.
            slope[b] = evaluate<double>(derivative(formula, detail::loss_formulas::distance), variables);
        };
        for (std::size_t b = 0; b < samples; ++b)
            if (a != b) {
                if (groups[a] == groups[b])
                    pair(Loss::alike, b);
                else
                    pair(Loss::different, b);
            }
        return sum;
    }

    template <text Name, auto Formula, mining Mining>
    double measure_sample(triplet_loss_function<Name, Formula, Mining>, std::size_t a, const double* distance,
                          double* slope) const noexcept {
        double sum = 0;
        const auto add = [&](std::size_t positive, std::size_t negative) {
            if (positive == none || negative == none)
                return;
            const auto variables = bind(detail::loss_formulas::positive = distance[positive],
                                        detail::loss_formulas::negative = distance[negative]);
            sum += evaluate<double>(Loss::formula, variables);
            slope[positive] +=
                evaluate<double>(derivative(Loss::formula, detail::loss_formulas::positive), variables);
            slope[negative] +=
                evaluate<double>(derivative(Loss::formula, detail::loss_formulas::negative), variables);
        };
        const auto is_positive = [&](std::size_t b) { return a != b && groups[a] == groups[b]; };
        const auto farther = [&](std::size_t b, std::size_t best) {
            return best == none || distance[b] > distance[best];
        };
        const auto nearer = [&](std::size_t b, std::size_t best) {
            return best == none || distance[b] < distance[best];
        };
        if constexpr (Mining == mining::hard) {
            std::size_t positive = none;
            std::size_t negative = none;
            for (std::size_t b = 0; b < samples; ++b)
                if (is_positive(b))
                    positive = farther(b, positive) ? b : positive;
                else if (a != b)
                    negative = nearer(b, negative) ? b : negative;
            add(positive, negative);
        } else
            for (std::size_t p = 0; p < samples; ++p) {
                if (!is_positive(p))
                    continue;
                std::size_t successor = none;
                std::size_t farthest = none;
                for (std::size_t b = 0; b < samples; ++b) {
                    if (groups[a] == groups[b])
                        continue;
                    if (distance[b] > distance[p])
                        successor = nearer(b, successor) ? b : successor;
                    farthest = farther(b, farthest) ? b : farthest;
                }
                add(p, successor != none ? successor : farthest);
            }
        return sum;
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
