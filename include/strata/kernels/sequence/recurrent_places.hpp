// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/sequence/recurrent_backward_step.hpp>
#include <strata/kernels/sequence/recurrent_memory.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where a recurrent head's steps have their results, and what it does with its states before the first and
/// behind the last.
template <class Head>
struct recurrent_places {
    using layer = typename Head::layer;
    using own_cell = cell<layer>;
    static constexpr std::size_t units = Head::units;
    static constexpr std::size_t steps = Head::steps;

    template <class T>
    using order_of = gate_order<T, units, Head::gates>;
    template <class T>
    using memory_of = recurrent_memory<layer, steps, T>;

    // The place in time of the step that is computed as number `number`, and the row of its result.
    static constexpr std::size_t time_of(std::size_t number) noexcept {
        return layer::is_backwards ? steps - 1 - number : number;
    }
    static constexpr bool has_result(std::size_t number) noexcept {
        return !layer::is_last_alone || number + 1 == steps;
    }
    // Where a step's result is: results are rows, or, with states behind them, one row together.
    static constexpr std::size_t result_number(std::size_t number) noexcept {
        return layer::is_last_alone ? 0 : layer::is_in_order ? time_of(number) : steps - 1 - time_of(number);
    }
    static constexpr std::size_t result_row(std::size_t sample, std::size_t number) noexcept {
        return layer::makes_states ? sample : sample * Head::results + result_number(number);
    }
    static constexpr std::size_t result_column(std::size_t number) noexcept {
        return layer::makes_states ? result_number(number) * units : 0;
    }
    static constexpr std::size_t state_column(std::size_t state) noexcept {
        return (Head::results + state) * units;
    }

    // With a mask, what becomes of a step, a `masked_step`. Before the first step that counts there is no
    // result to repeat, even where states were given.
    template <class T>
    static T kind_of(const head_forward<T>& call, std::size_t sample, std::size_t number) noexcept {
        const T* const mask = call.x[Head::parts - 1].row(sample * steps);
        if (mask[time_of(number)] != T(0))
            return T(masked_step::counts);
        bool is_zero = layer::zeroes_masked;
        if constexpr (layer::reads_states && !layer::zeroes_masked) {
            while (number > 0 && mask[time_of(number - 1)] == T(0))
                --number;
            is_zero = number == 0;
        }
        return T(is_zero ? masked_step::is_zero : masked_step::repeats);
    }
    // Begins the masks of a sample, whose state before the first step is there.
    template <class T>
    static void begin_mask([[maybe_unused]] const head_forward<T>& call,
                           [[maybe_unused]] const memory_of<T>& kept, [[maybe_unused]] std::size_t sample,
                           [[maybe_unused]] const T* state) noexcept {
        if constexpr (layer::reads_mask) {
            std::copy_n(state, units, kept.mask(sample, 0).held.data);
            for (std::size_t number = 0; number < steps; ++number)
                kept.kinds(sample)[time_of(number)] = kind_of(call, sample, number);
        }
    }
    // The mask of a step in prediction, for whose numbers there is room.
    template <class T, std::size_t Room>
    static step_mask_of<layer, T> mask_of_step(const head_forward<T>& call, std::array<T, Room>& kinds,
                                               team::range samples, std::size_t number,
                                               rows_view<T> state) noexcept {
        if constexpr (layer::reads_mask) {
            for (std::size_t sample = samples.begin; sample < samples.end; ++sample)
                kinds[sample - samples.begin] = kind_of(call, sample, number);
            return {{kinds.data(), 1}, state};
        } else
            return {};
    }
    // The result of a step whose state is there.
    template <class V, class T>
    static V result_of(V state, const step_mask_rows<T>& mask, std::size_t sample) noexcept {
        return mask.is_zero(sample) ? V(T(0)) : state;
    }
    template <class V>
    static V result_of(V state, no_step_mask, std::size_t) noexcept {
        return state;
    }

    // The factors of dropout for the states of a sample.
    template <class T>
    static void draw_factors(T* factors, const dropout_key& key, std::size_t sample) noexcept {
        constexpr std::uint32_t number = 7; // behind those of the tail
        draw_dropout(factors, order_of<T>::stored_units, key, number, layer::recurrent_dropout, sample);
    }

    // The states of a sample before the first step: values that the layer reads, or zeros.
    template <class T>
    static void begin_states(const head_forward<T>& call, std::size_t sample, T* state,
                             [[maybe_unused]] T* inner) noexcept {
        if constexpr (layer::reads_states)
            std::copy_n(call.x[1].row(sample), units, state);
        else
            std::fill_n(state, units, T(0));
        if constexpr (own_cell::has_inner) {
            std::fill_n(inner, order_of<T>::stored_units, T(0));
            if constexpr (layer::reads_states)
                std::copy_n(call.x[2].row(sample), units, inner);
        }
    }
    // Hands on the inner states of some samples behind the last step, where somebody wants them.
    template <class T>
    static void end_states([[maybe_unused]] const head_forward<T>& call, [[maybe_unused]] std::size_t first,
                           [[maybe_unused]] std::size_t count,
                           [[maybe_unused]] rows_view<const T> inner) noexcept {
        if constexpr (layer::makes_states && own_cell::has_inner)
            for (std::size_t sample = 0; sample < count; ++sample)
                std::copy_n(inner.row(sample), units, call.y.row(first + sample) + state_column(1));
    }

    // What is asked of the last step: by its result and by the states behind it.
    template <class T>
    static void take_state_deltas(const head_backward<T>& call, const memory_of<T>& kept,
                                  team::range samples) noexcept {
        for (std::size_t sample = samples.begin; sample < samples.end; ++sample) {
            const T* const deltas = call.delta.row(sample);
            const T* const of_result = deltas + result_column(steps - 1);
            bool is_zero = false;
            if constexpr (layer::reads_mask)
                is_zero = kept.mask(sample, time_of(steps - 1)).is_zero(0);
            if (is_zero)
                std::copy_n(deltas + state_column(0), units, kept.last_deltas(sample).data);
            else
                std::transform(of_result, of_result + units, deltas + state_column(0),
                               kept.last_deltas(sample).data, [](T a, T b) { return a + b; });
            if constexpr (own_cell::has_inner)
                std::copy_n(deltas + state_column(1), units, kept.carried(sample).data);
        }
    }
    // The derivatives by the states before the first step.
    template <class T>
    static void hand_state_deltas(const head_backward<T>& call, const memory_of<T>& kept,
                                  team::range samples) noexcept {
        const std::size_t first = samples.begin;
        const rows_view<T>& of_state = call.source_deltas[1];
        rows_view<const T> passed;
        if constexpr (layer::reads_mask)
            passed = kept.mask(first, 0).held;
        if (of_state.data != nullptr)
            internal::multiply_first_deltas<layer>(
                kept.transposed(), rows_view<const T>(kept.state_deltas(first, time_of(0))),
                rows_view<const T>(kept.carried(first)), rows_view<const T>(kept.factors(first)), passed,
                rows_view<T>{of_state.row(first), of_state.pitch}, call.adds[1], samples.end - first);
        if constexpr (own_cell::has_inner)
            if (const rows_view<T>& of_inner = call.source_deltas[2]; of_inner.data != nullptr)
                for (std::size_t sample = first; sample < samples.end; ++sample)
                    for (std::size_t unit = 0; unit < units; ++unit) {
                        T& place = of_inner.row(sample)[unit];
                        place = (call.adds[2] ? place : T(0)) + kept.carried(sample).data[unit];
                    }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
