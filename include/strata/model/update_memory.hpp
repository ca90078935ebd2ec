// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/learning/weight_averages.hpp>
#include <strata/model/learnt_arrays.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// What goes with the weights from update to update: blocks of numbers in their layout. They are the
/// optimizer's states and, where it adds up batches, the sums. `Pass` is a training pass or
/// `learning_stages`.
template <class Pass, class Optimizer>
struct update_memory {
    using T = typename Pass::value_type;
    using states = states_of<Optimizer>;
    static constexpr std::size_t batches = batches_of_update<Optimizer>;
    static constexpr std::size_t block_count = states::size + (batches > 1 ? 1 : 0);
    static constexpr std::size_t size = Pass::places::size;
    using blocks = std::array<aligned_vector<T>, block_count>;

    /// `std::invalid_argument` for an optimizer whose settings are out of range.
    static blocks first_blocks(const Optimizer& optimizer) {
        if (const auto fault = detail::fault_of(optimizer); !fault.empty())
            internal::raise(std::invalid_argument(detail::concatenate("optimizer: ", fault)));
        blocks result;
        std::size_t next = 0;
        for_each_type(states{}, [&]<class State>(std::type_identity<State>) {
            result[next++].assign(size, static_cast<T>(initial_state(optimizer, State{})));
        });
        if constexpr (batches > 1)
            result[next].assign(size, T(0));
        return result;
    }

    static auto pointers(blocks& all) noexcept {
        std::array<T*, states::size> result{};
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] = all[i].data();
        return result;
    }

    /// Lets the averages begin as the weights, before the first update: rows of an embedding that no batch
    /// has are not updated.
    static void begin_averages(const T* parameters,
                               blocks& all) noexcept requires detail::averages_weights<Optimizer> {
        T* const averages = all[states::size - 1].data();
        for_each_learnt<Pass>([&]<class Parameter>(std::type_identity<Parameter>, std::size_t place) {
            std::copy_n(parameters + place, layout_of<T, Parameter>::size, averages + place);
        });
    }
    /// Makes the weights their averages, for which `average_weights` adds the last of the states.
    static void take_averages(T* parameters,
                              const blocks& all) noexcept requires detail::averages_weights<Optimizer> {
        const T* const averages = all[states::size - 1].data();
        for_each_learnt<Pass>([&]<class Parameter>(std::type_identity<Parameter>, std::size_t place) {
            std::copy_n(averages + place, layout_of<T, Parameter>::size, parameters + place);
        });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
