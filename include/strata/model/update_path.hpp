// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/kernels/random/dropout.hpp>
#include <strata/model/marked_rows.hpp>
#include <strata/model/stored_update.hpp>
#include <strata/model/update_memory.hpp>
#include <strata/plan/summary.hpp>
#include <strata/setting.hpp>

#include <cstdint>
#include <string>

namespace strata::bedrock::inline STRATA_SETTING {

/// The way from a batch's derivatives to new weights that an optimizer takes. Most are fused with the weight
/// gradients, whose registers they use up, and need nothing but the memory.
template <class Pass, class Optimizer>
struct update_path : update_memory<Pass, Optimizer> {
    using memory = update_memory<Pass, Optimizer>;
    using T = typename Pass::value_type;

    /// What takes gradients and updates with them.
    static auto consumer(T* parameters, typename memory::blocks& all,
                         const scalars_of<T, Optimizer>& scalars) noexcept {
        const update_consumer<T, Optimizer> result{parameters, memory::pointers(all), scalars};
        // The averages of all weights go on in each update.
        if constexpr (detail::averages_weights<Optimizer>)
            return marked_rows<update_consumer<T, Optimizer>>{result};
        else
            return result;
    }
    /// Step `number` from the loss on, by a team together, which must have met behind the loss and must meet
    /// again before anybody reads the parameters.
    static void step(T* parameters, const typename Pass::batch& data, typename Pass::workspace& space,
                     const dropout_key& key, typename memory::blocks& all, const Optimizer&,
                     const scalars_of<T, Optimizer>& scalars, std::uint64_t, const team& threads) noexcept {
        Pass::backward(parameters, data, space, threads, key, consumer(parameters, all, scalars));
    }

    static std::string text() {
        return "update    fused with the weight gradients, which stay in registers\n";
    }
};

/// Whether gradients go through memory: because the optimizer needs them there, or the network adds up those
/// of several stages that share parameters.
template <class Pass, class Optimizer>
inline constexpr bool takes_stored_path = stores_gradients<Optimizer> || Pass::flow::shares;

/// Others take gradients from memory.
template <class Pass, class Optimizer>
    requires takes_stored_path<Pass, Optimizer>
class update_path<Pass, Optimizer> : public update_memory<Pass, Optimizer> {
    using memory = update_memory<Pass, Optimizer>;
    static constexpr bool has_sums = memory::batches > 1;

public:
    using T = typename Pass::value_type;

    void step(T* parameters, const typename Pass::batch& data, typename Pass::workspace& space,
              const dropout_key& key, typename memory::blocks& all, const Optimizer& optimizer,
              const scalars_of<T, Optimizer>& scalars, std::uint64_t number, const team& threads) noexcept {
        T* const gradients = has_sums ? all[memory::block_count - 1].data() : gradients_.data();
        update_.step(parameters, data, space, key, gradients, memory::pointers(all), optimizer, scalars,
                     number, threads);
    }

    static std::string text() {
        const std::string group =
            has_sums ? detail::concatenate("; an update every ", memory::batches, " batches") : std::string();
        std::string reasons = Pass::flow::shares ? "layers share parameters" : "";
        if constexpr (stores_gradients<Optimizer>)
            detail::append(reasons, reasons.empty() ? "" : ", and ", reason_to_store<Optimizer>());
        return detail::concatenate("update    stored gradients, ", detail::grouped(memory::size * sizeof(T)),
                                   " bytes: ", reasons, group, "\n");
    }

private:
    stored_update<Pass, Optimizer> update_;
    aligned_vector<T> gradients_ = aligned_vector<T>(has_sums ? 0 : memory::size); ///< of one batch
};

} // namespace strata::bedrock::inline STRATA_SETTING
