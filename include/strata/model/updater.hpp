// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/threads/denormals.hpp>
#include <strata/kernels/threads/run_team.hpp>
#include <strata/kernels/threads/thread_count.hpp>
#include <strata/learning/weight_averages.hpp>
#include <strata/model/gradient_block.hpp>
#include <strata/model/stored_update.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstdint>
#include <stdexcept>

namespace strata::bedrock::inline STRATA_SETTING {

/// Changes a network by gradients that a program has in its hands: `updater learn{net, adam{}};`, then
/// `learn.apply(g)` for each step. It owns what the optimizer keeps from step to step, as Adam's moments, and
/// the count of steps. The network must outlive it.
template <class Model, optimizer_type Optimizer>
class updater {
    using T = typename Model::value_type;
    using stages = learning_stages<typename Model::topology, T>;
    using stored = stored_update<stages, Optimizer, false>;
    static constexpr std::size_t batches = batches_of_update<Optimizer>;

public:
    /// `std::invalid_argument` for an optimizer whose settings are out of range.
    updater(Model& net, Optimizer optimizer) : net_(&net), optimizer_(optimizer), sums_(Model::layout::size) {
        if (const auto fault = detail::fault_of(optimizer); !fault.empty())
            internal::raise(std::invalid_argument(detail::concatenate("optimizer: ", fault)));
        std::size_t next = 0;
        for_each_type(typename stored::states{}, [&]<class State>(std::type_identity<State>) {
            states_[next++].assign(Model::layout::size, static_cast<T>(initial_state(optimizer, State{})));
        });
    }

    /// One step with gradients as `gradients` gives them, or with sums of several losses' (`add`). The
    /// network's statistics move on by what was observed in them. An optimizer that accumulates updates in
    /// the last step of a group. Allocates nothing.
    void apply(const gradient_block<Model>& gradients) {
        const std::span<T> parameters = net_->parameter_block();
        const std::span<const T> block = gradients.block();
        const bool is_first = steps_ % batches == 0;
        for (std::size_t i = 0; i < block.size(); ++i)
            sums_[i] = is_first ? block[i] : sums_[i] + block[i];
        for_each_changing<stages>(
            [&]<class Parameter>(std::type_identity<Parameter>, [[maybe_unused]] std::size_t place) {
                if constexpr (!Parameter::is_learnt)
                    for (std::size_t i = 0; i < layout_of<T, Parameter>::size; ++i)
                        moving_average<T, Parameter>{parameters.data() + place,
                                                     parameters.data() + place}(i, block[place + i]);
            });
        if (++steps_ % batches != 0)
            return;
        const auto scalars =
            internal::converted<T>(optimizer_.scalars(static_cast<double>(steps_ / batches - 1)));
        std::array<T*, stored::states::size> pointers{};
        for (std::size_t i = 0; i < pointers.size(); ++i)
            pointers[i] = states_[i].data();
        constexpr std::size_t operations = 16; // for each weight, about
        run_team(thread_count(operations * Model::parameter_count, worth_starting), [&](const team& threads) {
            const flush_denormals fast;
            stored_.run(parameters.data(), sums_.data(), pointers, optimizer_, scalars, threads);
        });
    }

    /// Makes the weights their averages, of an optimizer that keeps them (`average_weights`).
    void finish() noexcept requires detail::averages_weights<Optimizer> {
        if (steps_ >= batches)
            take_averages<stages>(net_->parameter_block().data(), states_.back().data());
    }

    /// The optimizer, whose settings may be changed between steps.
    [[nodiscard]] Optimizer& optimizer() noexcept { return optimizer_; }
    /// How often `apply` was called.
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }

private:
    Model* net_;
    Optimizer optimizer_;
    std::array<aligned_vector<T>, stored::states::size> states_;
    aligned_vector<T> sums_;
    stored stored_;
    std::uint64_t steps_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::updater;
} // namespace strata
