// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/learning/sequence_loss.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The steps of a sample: all of them.
template <std::size_t Steps>
struct all_steps {
    static constexpr std::size_t count = Steps;
    [[nodiscard]] constexpr std::size_t operator[](std::size_t number) const noexcept { return number; }
};
/// Or those that a mask leaves, by their places.
template <std::size_t Steps>
struct counted_steps {
    std::array<std::size_t, Steps> places;
    std::size_t count = 0;

    void add(std::size_t place) noexcept { places[count++] = place; }
    [[nodiscard]] std::size_t operator[](std::size_t number) const noexcept { return places[number]; }
};

/// The probability that the outputs of `Steps` steps of `Classes` logits spell labels, in logarithms, since
/// the paths that matter in the end may be hopeless for long. A path is in one of 2 labels + 1 states: a
/// label, or the blank before, between or behind labels.
template <std::size_t Steps, std::size_t Classes, class T, class Counted = all_steps<Steps>>
struct sequence_loss {
    static constexpr std::size_t most_states = 2 * Steps + 1;
    /// What `memory` has to hold.
    static constexpr std::size_t memory_size = (Steps + 2) * most_states + Steps;

    const T* logits;
    const std::int32_t* labels; ///< [Steps], 0 behind their end
    double* memory;
    [[no_unique_address]] Counted steps = {};

    /// -log of the probability. Unless `delta` is null, writes `weight` times its derivatives by the logits.
    double run(T* delta, T weight) const noexcept {
        if constexpr (!std::is_same_v<Counted, all_steps<Steps>>) {
            if (delta != nullptr)
                std::fill_n(delta, Steps * Classes, T(0));
            if (steps.count == 0)
                return labels[0] == 0 ? 0 : -impossible;
        }
        double* const forward = memory; // [Steps][states]: the log of all ways to be in a state in a step
        double* const ahead = memory + Steps * most_states;
        double* const norms = ahead + 2 * most_states; // log sum e^x of each step
        for (std::size_t t = 0; t < steps.count; ++t)
            norms[t] = norm(row_of(t));
        std::size_t length = 0;
        while (length < Steps && labels[length] != 0)
            ++length;
        const std::size_t states = 2 * length + 1;

        std::fill_n(forward, states, impossible);
        for (std::size_t s = 0; s < std::min<std::size_t>(2, states); ++s)
            forward[s] = chance(norms, 0, s);
        for (std::size_t t = 1; t < steps.count; ++t)
            for (std::size_t s = 0; s < states; ++s) {
                const double* const previous = forward + (t - 1) * most_states;
                double sum = previous[s];
                if (s > 0)
                    sum = add(sum, previous[s - 1]);
                if (may_skip(s))
                    sum = add(sum, previous[s - 2]);
                forward[t * most_states + s] = sum + chance(norms, t, s);
            }
        const double* const last = forward + (steps.count - 1) * most_states;
        const double total = states > 1 ? add(last[states - 1], last[states - 2]) : last[0];
        if (delta != nullptr)
            derive(forward, ahead, norms, states, total, delta, weight);
        return -total;
    }

private:
    static constexpr double impossible = -detail::infinity<double>;

    static double norm(const T* row) noexcept {
        const double largest = static_cast<double>(*std::max_element(row, row + Classes));
        double sum = 0;
        for (std::size_t i = 0; i < Classes; ++i)
            sum += std::exp(static_cast<double>(row[i]) - largest);
        return largest + std::log(sum);
    }
    // log(e^a + e^b)
    static double add(double a, double b) noexcept {
        if (a < b)
            std::swap(a, b);
        return b == impossible ? a : a + std::log1p(std::exp(b - a));
    }

    [[nodiscard]] std::size_t symbol(std::size_t state) const noexcept {
        return state % 2 == 0 ? 0 : static_cast<std::size_t>(labels[state / 2]);
    }
    // The log of the probability of a state's symbol in a step.
    [[nodiscard]] double chance(const double* norms, std::size_t step, std::size_t state) const noexcept {
        return static_cast<double>(row_of(step)[symbol(state)]) - norms[step];
    }
    [[nodiscard]] const T* row_of(std::size_t step) const noexcept { return logits + steps[step] * Classes; }
    // The blank between two labels may be left out, unless they are the same.
    [[nodiscard]] bool may_skip(std::size_t state) const noexcept {
        return state >= 3 && state % 2 == 1 && symbol(state) != symbol(state - 2);
    }

    /// The derivatives by the logits are softmax minus how often a path that spells the labels has a symbol
    /// in a step. `ahead` has the log of all ways from a state to the end, behind this step and the next.
    void derive(const double* forward, double* ahead, const double* norms, std::size_t states, double total,
                T* delta, T weight) const noexcept {
        double* current = ahead;
        double* next = ahead + most_states;
        for (std::size_t t = steps.count; t-- > 0;) {
            for (std::size_t s = 0; s < states; ++s) {
                if (t == steps.count - 1) {
                    current[s] = s + 2 >= states ? 0 : impossible;
                    continue;
                }
                double sum = next[s] + chance(norms, t + 1, s);
                if (s + 1 < states)
                    sum = add(sum, next[s + 1] + chance(norms, t + 1, s + 1));
                if (s + 2 < states && may_skip(s + 2))
                    sum = add(sum, next[s + 2] + chance(norms, t + 1, s + 2));
                current[s] = sum;
            }
            T* const row = delta + steps[t] * Classes;
            if (total == impossible) { // then no direction is better
                std::fill_n(row, Classes, T(0));
                continue;
            }
            for (std::size_t i = 0; i < Classes; ++i)
                row[i] = weight * static_cast<T>(std::exp(static_cast<double>(row_of(t)[i]) - norms[t]));
            for (std::size_t s = 0; s < states; ++s)
                row[symbol(s)] -=
                    weight * static_cast<T>(std::exp(forward[t * most_states + s] + current[s] - total));
            std::swap(current, next);
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
