// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/model/stored_update.hpp>
#include <strata/plan/summary.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace strata::bedrock::inline STRATA_SETTING {

/// What both ways to update have in common: blocks of numbers that go with the weights from step to step, in
/// their layout. They are the optimizer's states and, where it adds up batches, the sums.
template <class Pass, class Optimizer>
struct update_memory {
    using T = typename Pass::value_type;
    using states = states_of<Optimizer>;
    static constexpr std::size_t batches = batches_of_update<Optimizer>;
    static constexpr std::size_t block_count = states::size + (batches > 1 ? 1 : 0);
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

protected:
    static constexpr std::size_t size = Pass::places::size;

    static auto pointers(blocks& all) noexcept {
        std::array<T*, states::size> result{};
        for (std::size_t i = 0; i < result.size(); ++i)
            result[i] = all[i].data();
        return result;
    }
};

/// The way from a batch's derivatives to new weights that an optimizer takes. Most are fused with the weight
/// gradients, whose registers they use up.
template <class Pass, class Optimizer>
struct update_path : update_memory<Pass, Optimizer> {
    using memory = update_memory<Pass, Optimizer>;
    using T = typename Pass::value_type;

    /// What takes gradients and updates with them.
    static auto consumer(T* parameters, typename memory::blocks& all,
                         const scalars_of<T, Optimizer>& scalars) noexcept {
        return update_consumer<T, Optimizer>{parameters, memory::pointers(all), scalars};
    }
    /// The end of step `number`, by a team together, which must meet before anybody reads the parameters.
    static void step(T* parameters, const typename Pass::batch& data, typename Pass::workspace& space,
                     typename memory::blocks& all, const Optimizer&, const scalars_of<T, Optimizer>& scalars,
                     std::uint64_t, const team& threads) noexcept {
        Pass::update(parameters, data, space, threads, consumer(parameters, all, scalars));
    }

    static std::string text() {
        return "update    fused with the weight gradients, which stay in registers\n";
    }
};

/// Others take gradients from memory.
template <class Pass, class Optimizer>
    requires stores_gradients<Optimizer>
class update_path<Pass, Optimizer> : public update_memory<Pass, Optimizer> {
    using memory = update_memory<Pass, Optimizer>;
    static constexpr bool has_sums = memory::batches > 1;

public:
    using T = typename Pass::value_type;

    void step(T* parameters, const typename Pass::batch& data, typename Pass::workspace& space,
              typename memory::blocks& all, const Optimizer& optimizer,
              const scalars_of<T, Optimizer>& scalars, std::uint64_t number, const team& threads) noexcept {
        T* const gradients = has_sums ? all[memory::block_count - 1].data() : gradients_.data();
        update_.step(parameters, data, space, gradients, memory::pointers(all), optimizer, scalars, number,
                     threads);
    }

    static std::string text() {
        const std::string group =
            has_sums ? detail::concatenate("; an update every ", memory::batches, " batches") : std::string();
        return detail::concatenate("update    stored gradients, ", detail::grouped(memory::size * sizeof(T)),
                                   " bytes: ", reason_to_store<Optimizer>(), group, "\n");
    }

private:
    stored_update<Pass, Optimizer> update_;
    aligned_vector<T> gradients_ = aligned_vector<T>(has_sums ? 0 : memory::size); ///< of one batch
};

} // namespace strata::bedrock::inline STRATA_SETTING
