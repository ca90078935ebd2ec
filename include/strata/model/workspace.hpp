// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/formula/loss.hpp>
#include <strata/model/output_loss.hpp>
#include <strata/model/parameters.hpp>
#include <strata/model/values.hpp>
#include <strata/plan/flow.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Everything that training writes for one batch, in one aligned block. Outputs lie where the wiring places
/// them; what tails keep and the derivatives are [samples][rows][width]. All have room for a register behind
/// their last element. `Pass` says what there is: its stages are those of the wiring as training runs them,
/// and losses may need numbers of their own, so many for each thread and each pair of samples.
template <class Pass>
class training_workspace {
public:
    using T = typename Pass::value_type;
    using flow = typename Pass::flow;
    using stages = typename Pass::stages;
    using wires = typename flow::wires;
    static constexpr std::size_t count = stages::size;

private:
    using output_numbers = std::make_index_sequence<Pass::output_count>;
    static constexpr std::size_t loss_size = internal::most_thread_memory<Pass>(output_numbers{});
    static constexpr std::size_t pair_size = internal::sum_pair_memory<Pass>(output_numbers{});

public:
    training_workspace() = default;

    training_workspace(std::size_t samples, std::size_t threads) {
        std::size_t size = 0;
        const auto reserve = [&size](std::size_t numbers) {
            const std::size_t begin = size;
            size += room(numbers);
            return begin;
        };
        std::array<std::size_t, count> buffers{};
        for (std::size_t buffer = 0; buffer < wires::buffer_count; ++buffer)
            buffers[buffer] = reserve(samples * wires::buffer_size(buffer));
        std::size_t stage = 0;
        for_each_type(stages{}, [&]<class Stage>(std::type_identity<Stage>) {
            const value_place place = wires::place(stage);
            outputs_[stage] = {buffers[place.buffer] + place.offset, place.pitch};
            kept_[stage] = Stage::keeps_tail
                               ? offset{reserve(samples * Stage::output_size), Stage::head::outputs}
                               : outputs_[stage];
            deltas_[stage] = flow::is_needed(stage) ? reserve(samples * Stage::output_size) : 0;
            using kernels = head_kernels<typename Stage::head>;
            shared_[stage] = reserve(kernels::template shared_size<T>(samples));
            ++stage;
        });
        scratch_ = size;
        for (std::size_t thread = 0; thread < threads; ++thread)
            reserve(scratch_size);
        block_.resize(size);
        if constexpr (loss_size + pair_size > 0) {
            pair_begin_ = threads * whole_lines<double>(loss_size);
            loss_block_.resize(pair_begin_ + samples * samples * pair_size);
        }
    }

    [[nodiscard]] rows_view<T> output(std::size_t stage) noexcept { return view(outputs_[stage]); }
    /// What the stage's tail keeps for its derivative: a buffer of its own, or the stage's output.
    [[nodiscard]] rows_view<T> kept(std::size_t stage) noexcept { return view(kept_[stage]); }
    [[nodiscard]] T* delta(std::size_t stage) noexcept { return block_.data() + deltas_[stage]; }
    /// Memory of the stage's kernels, which goes from forward to backward.
    [[nodiscard]] T* shared(std::size_t stage) noexcept { return block_.data() + shared_[stage]; }
    [[nodiscard]] T* scratch(std::size_t thread) noexcept {
        return block_.data() + scratch_ + thread * room(scratch_size);
    }
    /// A thread's numbers for losses, and those of all pairs of samples.
    [[nodiscard]] double* loss_numbers(std::size_t thread) noexcept {
        return loss_block_.data() + thread * whole_lines<double>(loss_size);
    }
    [[nodiscard]] double* pair_numbers() noexcept { return loss_block_.data() + pair_begin_; }
    [[nodiscard]] std::size_t bytes() const noexcept {
        return block_.size() * sizeof(T) + loss_block_.size() * sizeof(double);
    }
    /// Overwrites everything, for tests that look for values which nobody wrote.
    void fill(T value) { std::fill(block_.begin(), block_.end(), value); }

private:
    template <class... Stages>
    static constexpr std::size_t most_scratch(stage_list<Stages...>) {
        return std::max({std::size_t{0}, head_kernels<typename Stages::head>::template scratch_size<T>...});
    }
    static constexpr std::size_t scratch_size = most_scratch(stages{});

    static constexpr std::size_t room(std::size_t numbers) noexcept {
        return whole_lines<T>(numbers) + line_size<T>;
    }

    struct offset {
        std::size_t begin = 0;
        std::size_t pitch = 0;
    };
    [[nodiscard]] rows_view<T> view(offset place) noexcept {
        return {block_.data() + place.begin, place.pitch};
    }

    aligned_vector<T> block_;
    aligned_vector<double> loss_block_;
    std::size_t pair_begin_ = 0;
    std::array<offset, count> outputs_{};
    std::array<offset, count> kept_{};
    std::array<std::size_t, count> deltas_{};
    std::array<std::size_t, count> shared_{};
    std::size_t scratch_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
