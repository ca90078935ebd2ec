// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense_input_gradient.hpp>
#include <strata/kernels/loss.hpp>
#include <strata/model/parameters.hpp>
#include <strata/plan/objective.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata {

namespace detail {
/// Whether a stage, or one before it, has weights to learn: whether its derivative is of any use.
template <class... Stages>
constexpr auto needs_delta(stage_list<Stages...> stages) {
    std::array<bool, sizeof...(Stages)> needed{};
    bool any = false;
    std::size_t next = 0;
    for_each_type(stages, [&]<class Stage>(std::type_identity<Stage>) {
        any = any || Stage::head::has_parameters;
        needed[next++] = any;
    });
    return needed;
}

template <class Stage, class T>
constexpr std::size_t scratch_of() {
    if constexpr (Stage::head::has_parameters)
        return input_gradient_scratch<Stage, T>;
    else
        return 0;
}
} // namespace detail

/// Everything that training writes for one batch, in one aligned block. Arrays are [samples][size] and have
/// room for a register behind their last element.
template <class T, class Stages>
class training_workspace;

template <class T, class... Stages>
class training_workspace<T, stage_list<Stages...>> {
public:
    static constexpr std::size_t count = sizeof...(Stages);
    static constexpr auto needs_delta = detail::needs_delta(stage_list<Stages...>{});

    training_workspace() = default;

    training_workspace(std::size_t samples, std::size_t threads) {
        std::size_t size = 0;
        const auto reserve = [&size](std::size_t numbers) {
            const std::size_t begin = size;
            size += room(numbers);
            return begin;
        };
        std::size_t next = 0;
        for_each_type(stage_list<Stages...>{}, [&]<class Stage>(std::type_identity<Stage>) {
            outputs_[next] = reserve(samples * Stage::output_size);
            kept_[next] = Stage::keeps_tail ? reserve(samples * Stage::output_size) : outputs_[next];
            deltas_[next] = needs_delta[next] ? reserve(samples * Stage::output_size) : 0;
            ++next;
        });
        scratch_ = size;
        for (std::size_t thread = 0; thread < threads; ++thread)
            reserve(scratch_size);
        block_.resize(size);
    }

    [[nodiscard]] T* output(std::size_t stage) noexcept { return block_.data() + outputs_[stage]; }
    /// What the stage's tail keeps for its derivative: a buffer of its own, or the stage's output.
    [[nodiscard]] T* kept(std::size_t stage) noexcept { return block_.data() + kept_[stage]; }
    [[nodiscard]] T* delta(std::size_t stage) noexcept { return block_.data() + deltas_[stage]; }
    [[nodiscard]] T* scratch(std::size_t thread) noexcept {
        return block_.data() + scratch_ + thread * room(scratch_size);
    }
    [[nodiscard]] std::size_t bytes() const noexcept { return block_.size() * sizeof(T); }
    /// Overwrites everything, for tests that look for values which nobody wrote.
    void fill(T value) { std::fill(block_.begin(), block_.end(), value); }

private:
    static constexpr std::size_t scratch_size = std::max({detail::scratch_of<Stages, T>()...});

    static constexpr std::size_t room(std::size_t numbers) noexcept {
        constexpr std::size_t line = alignment / sizeof(T);
        return (numbers + line - 1) / line * line + line;
    }

    aligned_vector<T> block_;
    std::array<std::size_t, count> outputs_{};
    std::array<std::size_t, count> kept_{};
    std::array<std::size_t, count> deltas_{};
    std::size_t scratch_ = 0;
};

} // namespace strata
