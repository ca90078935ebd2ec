// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/product/fetching.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/kernels/uncached_store.hpp>
#include <strata/model/gradient_consumers.hpp>
#include <strata/model/marked_rows.hpp>
#include <strata/model/stored_update.hpp>
#include <strata/model/update_memory.hpp>
#include <strata/setting.hpp>
#include <strata/training/common_stores.hpp>
#include <strata/training/early_update.hpp>
#include <strata/training/machine_exchanges.hpp>
#include <strata/training/machine_group.hpp>
#include <strata/training/machine_sums.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// An update of weights that other processors have read and will read, whose lines may be written past the
/// caches.
template <class Consumer>
struct common_consumer {
    Consumer consumer;
    bool is_uncached;

    template <class Update>
    struct common_update {
        Update update;
        bool is_uncached;

        template <class V>
        [[gnu::always_inline]] void operator()(std::size_t place, V gradient) const noexcept {
            if constexpr (internal::has_uncached_store<V>)
                if (is_uncached)
                    return internal::store_uncached(
                        update.advance(place, load<V>(update.weights + place), gradient),
                        update.weights + place);
            update(place, gradient);
        }
        template <class V>
        void pass_over(std::size_t place) const noexcept requires requires {
            update.template pass_over<V>(place);
        }
        { update.template pass_over<V>(place); }
        /// As that of the update.
        [[gnu::always_inline]] void fetch(std::size_t place) const noexcept {
            if (!is_uncached)
                return update.fetch(place);
            internal::fetch<cache::first>(update.weights + place);
            for (auto* const array : update.state)
                internal::fetch_writable(array + place);
        }
    };
    template <class Parameter>
    auto take(Parameter array, std::size_t place) const noexcept {
        const auto update = consumer.take(array, place);
        return common_update<std::remove_const_t<decltype(update)>>{update, is_uncached};
    }
};

/// How a machine moves its part of the weights on by sums over a batch that it shares with others.
template <class Engine>
class machine_update {
    using pass = typename Engine::pass;
    using T = typename pass::value_type;
    using optimizer_type = decltype(Engine::optimizer);
    using memory = update_memory<pass, optimizer_type>;
    using update_type = stored_update<pass, optimizer_type>;

public:
    machine_update(Engine& engine, const machine_group& group, const machine_sums<pass>& sums,
                   machine_exchanges<pass>& exchanges)
        : engine_(&engine), sums_(&sums), update_(group.rank(), group.count(), &exchanges) {}

    /// Whether weights are updated register by register, in each batch.
    static constexpr bool takes_registers = !update_type::needs_all && update_type::batches == 1;
    /// What updates them, of this machine alone or common to a host.
    [[nodiscard]] auto consumer(T* parameters, bool are_common) noexcept {
        return common_consumer<update_consumer<T, optimizer_type>>{
            {parameters, memory::pointers(engine_->states), rates_}, are_common && stores_.are_uncached()};
    }

    /// Calls backward(early) with what takes gradients of the last array in backward and updates `part` of
    /// it, or nothing of it, as soon as begin() says so. Returns the places of the block that were updated.
    template <class Begin, class Backward>
    team::range run_early(T* parameters, bool are_common, early_part<T> part, const Begin& begin,
                          const Backward& backward) noexcept {
        if constexpr (takes_registers && last_array<pass>::find().size > 0) {
            if (stores_.is_trial())
                part = {};
            auto some = consumer(parameters, are_common);
            early_update<pass, decltype(some), Begin> early{some, &part, begin};
            backward(early);
            return {early.array.place + part.places.begin, early.array.place + part.places.end};
        } else {
            no_early_update early;
            backward(early);
            return {};
        }
    }

    /// Begins a step.
    void begin(std::uint64_t number) {
        rates_ = scalars_of_update<T>(engine_->optimizer, number / update_type::batches);
        stores_.begin();
    }

    /// The update, by a team together, when all sums are there; `gradients` are this machine's, and the
    /// weights its own or those of a host. Returns whether weights have moved: some optimizers wait for
    /// several batches.
    bool run(T* parameters, T* gradients, bool are_common, std::uint64_t number,
             const team& threads) noexcept {
        if constexpr (takes_registers) {
            const auto add_sums = [&] {
                sums_->hand_on(threads, marked_rows<common_consumer<update_consumer<T, optimizer_type>>>{
                                            consumer(parameters, are_common)});
                internal::finish_uncached_stores();
            };
            if (threads.rank == 0)
                stores_.time(add_sums);
            else
                add_sums();
            sums_->move_statistics(threads, parameters, gradients);
            return true;
        } else
            return run_stored(parameters, gradients, number, threads);
    }

private:
    // The same for optimizers that need all gradients of one or several batches.
    bool run_stored(T* parameters, T* gradients, std::uint64_t number, const team& threads) noexcept {
        constexpr std::size_t batches = update_type::batches;
        T* used = gradients;
        const std::size_t turn = number % batches;
        if constexpr (batches > 1 && update_type::needs_all) {
            used = engine_->states[memory::block_count - 1].data();
            if (turn == 0)
                sums_->hand_on(threads, unmarked_rows<block_writer<T>>{{used}});
            else
                sums_->hand_on(threads, unmarked_rows<block_writer<T, true>>{{used}});
        } else
            sums_->hand_on(threads, unmarked_rows<gradient_store<T>>{{used}});
        if constexpr (batches > 1 && !update_type::needs_all) {
            // Where an update takes registers of gradients, the last batch of a group leaves the sums alone.
            T* const group = engine_->states[memory::block_count - 1].data();
            used = turn + 1 < batches ? group : gradients;
            sums_->visit_own(threads, [&](std::size_t i) {
                used[i] = turn == 0 ? gradients[i] : group[i] + gradients[i];
            });
        }
        sums_->move_statistics(threads, parameters, gradients);
        threads.barrier();
        if (turn + 1 != batches)
            return false;
        update_.run(parameters, used, memory::pointers(engine_->states), engine_->optimizer, rates_, threads);
        return true;
    }

    Engine* engine_;
    const machine_sums<pass>* sums_;
    update_type update_;
    scalars_of<T, optimizer_type> rates_{};
    common_stores stores_;
};

} // namespace strata::bedrock::inline STRATA_SETTING
