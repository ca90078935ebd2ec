// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "optimizers.hpp"
#include "sample_step.hpp"

#include <strata/kernels/aligned_vector.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace playground {

struct learning {
    const optimizer_kernels* optimizer = &optimizers[0];
    double rate = 0.03;
    double l1 = 0;
    double l2 = 0;
    std::size_t batch = 10;
};

/// An optimizer's steps on the parameters of some layers: its states, and how many steps there were.
class update_steps {
public:
    /// Begins again.
    void forget() {
        step_ = 0;
        owner_ = nullptr;
    }

    /// Lists what the next steps change, so that a step is nothing but arithmetic: those of single samples
    /// take a few hundred nanoseconds. Another optimizer begins without memory.
    void prepare(std::span<const layer> layers, strata::bedrock::aligned_vector<float>& weights,
                 strata::bedrock::aligned_vector<float>& gradients, const learning& how) {
        if (owner_ != how.optimizer) {
            owner_ = how.optimizer;
            step_ = 0;
            for (std::size_t i = 0; i < owner_->states; ++i)
                states_[i].assign(weights.size(), static_cast<float>(owner_->first_state(i)));
        }
        rate_ = how.rate;
        calls_.clear();
        for (const layer& each : layers) {
            const std::size_t border = each.kernels->bias_begin;
            const std::size_t width = each.units == 1 ? each.inputs : each.units;
            const auto add_array = [&](std::size_t begin, std::size_t end, double l1, double l2) {
                const std::size_t place = each.place + begin;
                update_call added{
                    weights.data() + place, gradients.data() + place, {}, end - begin, width, l1, l2};
                for (std::size_t i = 0; i < owner_->states; ++i)
                    added.states[i] = states_[i].data() + place;
                add(added);
            };
            add_array(0, border, how.l1, how.l2);
            add_array(border, each.kernels->size, 0, 0);
        }
    }

    /// A step by the gradients.
    void take(update_function run) {
        run(calls_.data(), calls_.size(), rate_, static_cast<double>(step_));
        ++step_;
    }

private:
    /// Arrays beside each other that are changed in the same way are one.
    void add(const update_call& added) {
        const auto is_wide = [](const update_call& call) {
            return !std::is_same_v<narrow_register, wide_register> && call.width > 4;
        };
        if (!calls_.empty() && !owner_->sees_arrays) {
            update_call& last = calls_.back();
            if (last.weights + last.count == added.weights && is_wide(last) == is_wide(added) &&
                last.l1 == added.l1 && last.l2 == added.l2) {
                last.count += added.count;
                return;
            }
        }
        calls_.push_back(added);
    }

    std::array<strata::bedrock::aligned_vector<float>, most_states> states_;
    const optimizer_kernels* owner_ = nullptr; ///< whose states these are
    std::uint64_t step_ = 0;
    double rate_ = 0;
    std::vector<update_call> calls_;
};

} // namespace playground
