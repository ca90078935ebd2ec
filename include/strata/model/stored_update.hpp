// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/random/dropout.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/learning/gradient_needs.hpp>
#include <strata/model/array_squares.hpp>
#include <strata/model/gradient_consumers.hpp>
#include <strata/model/learnt_arrays.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// An optimizer's update of all arrays from gradients in memory, for optimizers that need more than a
/// weight's own: norms first, then the same formula as the fused update runs. `AddsPenalties`: the
/// regularizers' part is not in these gradients yet. `Pass` says what is learnt.
template <class Pass, class Optimizer, bool AddsPenalties = true>
class stored_update {
public:
    using T = typename Pass::value_type;
    using states = states_of<Optimizer>;
    using state_pointers = std::array<T*, states::size>;
    using scalars = scalars_of<T, Optimizer>;
    static constexpr std::size_t batches = batches_of_update<Optimizer>;
    /// Whether one pass over a batch's gradients is not enough.
    static constexpr bool needs_all =
        detail::scales_arrays<Optimizer> || detail::has_direction<Optimizer> || Pass::flow::shares;

    stored_update() : stored_update(0, 1, nullptr) {}
    /// Of several machines each updates a part.
    stored_update(std::size_t machine, std::size_t machines, squares_exchange* others)
        : arrays_(machine, machines),
          sums_{{{arrays_.pieces.size(), others}, {arrays_.pieces.size(), others}}} {}

    /// Backward for a batch, by a team together, and the update with them; in a group of several
    /// batches that `number` counts the update comes with the last. `gradients` is the memory for them, which
    /// the batches of a group share.
    template <class Batch, class Workspace>
    void step(T* parameters, const Batch& data, Workspace& space, const dropout_key& key, T* gradients,
              const state_pointers& state, const Optimizer& optimizer, const scalars& values,
              std::uint64_t number, const team& threads) noexcept {
        const std::size_t turn = number % batches;
        if (turn == 0 && (needs_all || batches > 1))
            collect<false>(parameters, data, space, key, gradients, threads);
        if constexpr (batches > 1) {
            if (turn > 0 && (needs_all || turn + 1 < batches)) {
                if constexpr (needs_all || batches > 2)
                    collect<true>(parameters, data, space, key, gradients, threads);
            } else if (turn > 0) {
                if constexpr (!needs_all)
                    Pass::backward(parameters, data, space, threads, key,
                                   group_consumer<T, Optimizer>{{parameters, state, values},
                                                                gradients,
                                                                T(1) / static_cast<T>(batches)});
            }
        }
        if constexpr (needs_all)
            if (turn + 1 == batches) {
                threads.barrier();
                run(parameters, gradients, state, optimizer, values, threads);
            }
    }

    /// Updates parameters and states, by a team together, with sums of `batches` batches' gradients, which
    /// are used up. Reads every array once for norms, once for a direction, and once more.
    void run(T* parameters, T* gradients, const state_pointers& state, const Optimizer& optimizer,
             const scalars& values, const team& threads) noexcept {
        const call all{parameters, gradients, state};
        const team::range own = threads.share(arrays_.pieces.size());
        clear_filling(all, own);
        constexpr bool has_direction = detail::has_direction<Optimizer>;
        if constexpr (detail::scales_directions<Optimizer> || (!has_direction && needs_norms))
            visit_pieces<true>(own, [&]<class Parameter>(std::type_identity<Parameter>, std::size_t number) {
                measure<penalty_of<Parameter>>(all, number);
            });
        if constexpr (has_direction) {
            const auto norms =
                sums_[0].template norms<detail::scales_directions<Optimizer>>(arrays_, threads);
            visit_pieces<!detail::scales_directions<Optimizer>>(
                own, [&]<class Parameter>(std::type_identity<Parameter>, std::size_t number) {
                    direct<penalty_of<Parameter>>(
                        all, unite(values, direction_scalars(optimizer, norms[arrays_.pieces[number].array])),
                        number);
                });
        }
        const auto norms = sums_[has_direction].template norms<needs_norms>(arrays_, threads);
        visit_pieces<false>(own, [&]<class Parameter>(std::type_identity<Parameter>, std::size_t number) {
            constexpr regularizer penalty = has_direction ? regularizer{} : penalty_of<Parameter>;
            update<penalty>(all, unite(values, array_scalars(optimizer, norms[arrays_.pieces[number].array])),
                            number);
        });
    }

private:
    static constexpr bool needs_norms = detail::scales_arrays<Optimizer>;
    static constexpr bool compares_weights = detail::compares_weights<Optimizer>();
    static constexpr std::size_t lanes = line_size<T>;
    using V = simd<T, lanes_of<T, lanes>>;

    /// Writes a batch's gradients to memory, or adds them, and moves statistics on. Where stages share some,
    /// these wait until all stages have read them.
    template <bool Adds, class Batch, class Workspace>
    static void collect(T* parameters, const Batch& data, Workspace& space, const dropout_key& key,
                        T* gradients, const team& threads) noexcept {
        if constexpr (Pass::flow::shares) {
            Pass::backward(parameters, data, space, threads, key, block_writer<T, Adds>{gradients});
            threads.barrier();
            move_statistics<Pass>(parameters, gradients, threads);
        } else
            Pass::backward(parameters, data, space, threads, key,
                           gradient_writer<T, Adds>{parameters, gradients});
    }

    template <class Parameter>
    static constexpr regularizer penalty_of = AddsPenalties ? Parameter::penalty : regularizer{};

    struct call {
        T* parameters;
        T* gradients;
        state_pointers states;
    };
    /// `Backward`: each array from its end on. What was written last is read first while it is near.
    template <bool Backward, class Visit>
    void visit_pieces(team::range own, const Visit& visit) noexcept {
        std::size_t array = 0;
        for_each_learnt<Pass>([&](auto type, std::size_t) {
            const std::size_t begin = std::max(own.begin, arrays_.firsts[array]);
            const std::size_t end = std::min(own.end, arrays_.firsts[++array]);
            for (std::size_t number = begin; number < end; ++number)
                visit(type, Backward ? begin + end - 1 - number : number);
        });
    }

    void clear_filling(const call& all, team::range own) const noexcept {
        if (own.begin == own.end)
            return;
        const std::size_t end = arrays_.pieces[own.end - 1].filling_end;
        for (std::size_t i = arrays_.pieces[own.begin].filling_begin; i < end; ++i) {
            all.gradients[arrays_.filling[i]] = 0;
            if constexpr (compares_weights)
                all.parameters[arrays_.filling[i]] = 0;
        }
    }

    /// The mean gradient of the batches, with the array's penalty.
    template <regularizer Penalty>
    static V mean_gradient(const call& all, std::size_t place) noexcept {
        V gradient = load<V>(all.gradients + place);
        if constexpr (batches > 1)
            gradient *= V(T(1) / static_cast<T>(batches));
        if constexpr (Penalty.active())
            gradient = internal::add_penalty<Penalty>(gradient, load<V>(all.parameters + place));
        return gradient;
    }

    template <class Visit>
    [[gnu::always_inline]] piece_squares sum_squares(std::size_t number, const T* parameters,
                                                     const Visit& visit) noexcept {
        const std::size_t end = arrays_.pieces[number].end;
        internal::register_squares<V, compares_weights> sums;
        std::size_t place = arrays_.pieces[number].begin;
        for (; place + 4 * V::size <= end; place += 4 * V::size)
#pragma GCC unroll 4
            for (std::size_t turn = 0; turn < 4; ++turn)
                sums.add(turn, visit(place + turn * V::size), parameters + place + turn * V::size);
        for (; place < end; place += V::size)
            sums.add(0, visit(place), parameters + place);
        return sums.total();
    }

    template <regularizer Penalty>
    void measure(const call& all, std::size_t number) noexcept {
        sums_[0].pieces[number] = sum_squares(
            number, all.parameters, [&](std::size_t place) { return mean_gradient<Penalty>(all, place); });
    }

    static auto direction_scalars(const Optimizer& optimizer, const array_norms& norms) noexcept {
        if constexpr (detail::scales_directions<Optimizer>)
            return internal::converted<T>(optimizer.direction_scalars(norms));
        else
            return environment<>{};
    }
    static auto array_scalars(const Optimizer& optimizer, const array_norms& norms) noexcept {
        if constexpr (needs_norms)
            return internal::converted<T>(optimizer.array_scalars(norms));
        else
            return environment<>{};
    }

    /// Runs a rule for one register.
    template <class Rule, class Values>
    [[gnu::always_inline]] static auto run_rule(const call& all, const Values& values, std::size_t place,
                                                V gradient) noexcept {
        std::array<V, states::size> loaded;
        for (std::size_t i = 0; i < states::size; ++i)
            loaded[i] = load<V>(all.states[i] + place);
        const auto given = internal::update_variables<V, Values, states>::make(
            values, load<V>(all.parameters + place), gradient, loaded);
        return Rule::run(given, internal::assign_value<V>{});
    }
    /// Stores the states that a rule assigns.
    template <class... Assigned, class Variables>
    [[gnu::always_inline]] static void store_assigned(type_list<Assigned...>, const call& all,
                                                      const Variables& variables,
                                                      std::size_t place) noexcept {
        std::size_t next = 0;
        for_each_type(states{}, [&]<class State>(std::type_identity<State>) {
            if constexpr ((std::is_same_v<State, Assigned> || ...))
                store(V(variables[State{}]), all.states[next] + place);
            ++next;
        });
    }

    // Copies of pointers and scalars stay in registers; the compiler takes stores for changes of others.
    template <regularizer Penalty, class Values>
    void direct([[maybe_unused]] call all, [[maybe_unused]] Values values, std::size_t number) noexcept {
        if constexpr (detail::has_direction<Optimizer>) {
            using rule = type_of<Optimizer::direction>;
            sums_[1].pieces[number] = sum_squares(
                number, all.parameters, [&](std::size_t place) __attribute__((always_inline)) {
                    const auto changed =
                        run_rule<rule>(all, values, place, mean_gradient<Penalty>(all, place));
                    const V direction = changed[symbols::g];
                    store(direction, all.gradients + place);
                    store_assigned(typename rule::states{}, all, changed, place);
                    return direction;
                });
        }
    }

    template <regularizer Penalty, class Values>
    void update(call all, Values values, std::size_t number) noexcept {
        using rule = type_of<Optimizer::update>;
        constexpr bool has_direction = detail::has_direction<Optimizer>;
        const std::size_t end = arrays_.pieces[number].end;
        for (std::size_t place = arrays_.pieces[number].begin; place < end; place += V::size) {
            const V gradient =
                has_direction ? load<V>(all.gradients + place) : mean_gradient<Penalty>(all, place);
            const auto changed = run_rule<rule>(all, values, place, gradient);
            store(V(changed[symbols::w]), all.parameters + place);
            store_assigned(typename rule::states{}, all, changed, place);
        }
    }

    learnt_pieces<Pass> arrays_;
    std::array<array_squares<Pass>, 2> sums_; ///< before and behind the direction
};

} // namespace strata::bedrock::inline STRATA_SETTING
