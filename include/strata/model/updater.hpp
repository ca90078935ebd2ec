// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/denormals.hpp>
#include <strata/kernels/threads/run_team.hpp>
#include <strata/kernels/threads/thread_count.hpp>
#include <strata/learning/weight_averages.hpp>
#include <strata/model/gradient_block.hpp>
#include <strata/model/optimizer_check.hpp>
#include <strata/model/stored_update.hpp>
#include <strata/model/update_memory.hpp>
#include <strata/setting.hpp>

#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

/// Changes a network by gradients that a program has in its hands: `updater learn{net, adam{}};`, then
/// `learn.apply(g)` for each step. It owns what the optimizer keeps from step to step, as Adam's moments, and
/// the count of steps. The network must outlive it.
template <class Model, class Optimizer>
class updater {
    static_assert(internal::check_optimizer<Optimizer>());

    using T = typename Model::value_type;
    using stages = learning_stages<typename Model::topology, T>;
    using memory = update_memory<stages, Optimizer>;
    static constexpr std::size_t batches = memory::batches;
    static constexpr bool has_sums = batches > 1;

public:
    /// `std::invalid_argument` for an optimizer whose settings are out of range.
    updater(Model& net, Optimizer optimizer)
        : net_(&net), optimizer_(optimizer), blocks_(memory::first_blocks(optimizer)) {}

    /// One step with gradients as `gradients` gives them, or with sums of several losses' (`add`). The
    /// network's statistics move on by what was observed in them. An optimizer that accumulates updates in
    /// the last step of a group. Allocates nothing. `std::invalid_argument`, with nothing changed, for a
    /// learning rate or another setting that is not finite.
    void apply(const gradient_block<Model>& gradients) {
        const auto scalars = scalars_of_update<T>(optimizer_, steps_ / batches);
        const std::span<T> parameters = net_->parameter_block();
        if constexpr (detail::averages_weights<Optimizer>)
            if (steps_ < batches)
                memory::begin_averages(parameters.data(), blocks_);
        const std::span<const T> block = gradients.block();
        const bool is_first = steps_ % batches == 0;
        T* const sums = has_sums ? blocks_[memory::block_count - 1].data() : gradients_.data();
        for (std::size_t i = 0; i < block.size(); ++i)
            sums[i] = is_first ? block[i] : sums[i] + block[i];
        move_statistics<stages>(parameters.data(), block.data(), team{});
        if (++steps_ % batches != 0)
            return;
        const auto states = memory::pointers(blocks_);
        constexpr std::size_t operations = 16; // for each weight, about
        run_team(thread_count(operations * Model::parameter_count, worth_starting), [&](const team& threads) {
            const flush_denormals fast;
            stored_.run(parameters.data(), sums, states, optimizer_, scalars, threads);
        });
    }

    /// Makes the weights their averages, of an optimizer that keeps them (`average_weights`).
    void finish() noexcept requires detail::averages_weights<Optimizer> {
        if (steps_ >= batches)
            memory::take_averages(net_->parameter_block().data(), blocks_);
    }

    /// The optimizer, whose settings may be changed between steps.
    [[nodiscard]] Optimizer& optimizer() noexcept { return optimizer_; }
    /// How often `apply` was called.
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }

private:
    Model* net_;
    Optimizer optimizer_;
    typename memory::blocks blocks_;
    aligned_vector<T> gradients_ = aligned_vector<T>(has_sums ? 0 : memory::size); ///< of one step
    stored_update<stages, Optimizer, false> stored_;
    std::uint64_t steps_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::updater;
} // namespace strata
