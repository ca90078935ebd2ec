// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/row.hpp>
#include <strata/model/parameters.hpp>
#include <strata/model/values.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Prediction of one sample by a small chain of dense layers: one function for the whole network, without a
/// team, a workspace or a call for each stage, so that what passes between layers stays in registers. Sums
/// are added in the order of `prediction_pass`, so the bits are the same.
template <class Topology, class T>
struct row_pass {
    using wires = prediction_wiring<Topology>;
    using stages = typename wires::stages;
    using places = parameter_layout<T, Topology>;

private:
    template <class Stage>
    static constexpr bool suits() {
        if constexpr (internal::is_dense<typename Stage::head>)
            return Stage::rows == 1 && !Stage::tail::has_affine && !Stage::tail::has_skip;
        else
            return false;
    }

    // A softmax needs all numbers of a row, which are together in the output alone.
    static constexpr bool is_chain() {
        for (std::size_t stage = 0; stage < stages::size; ++stage)
            if (wires::source(stage, 0) != stage)
                return false;
        return Topology::inputs::size == 1 && Topology::outputs::size == 1;
    }

    /// More would make a long function.
    static constexpr std::size_t most_weights = 2048;
    static constexpr std::size_t most_stages = 128;
    /// Numbers of wider rows come faster from memory, one by one, than out of several registers.
    static constexpr std::size_t widest = 16;

    template <class... Stages>
    static constexpr std::size_t count_weights(stage_list<Stages...>) {
        return (std::size_t{0} + ... + (Stages::head::inputs * Stages::head::outputs));
    }
    template <class... Stages>
    static constexpr bool suit(stage_list<Stages...>) {
        // clang adds up no more than 256 in one formula.
        if constexpr (sizeof...(Stages) > most_stages)
            return false;
        else if constexpr ((suits<Stages>() && ...)) {
            constexpr std::size_t closed = (std::size_t{0} + ... + std::size_t{Stages::has_softmax});
            return is_chain() && count_weights(stages{}) <= most_weights &&
                   closed == std::size_t{type_at<stages::size - 1, stages>::has_softmax};
        } else
            return false;
    }

    template <std::size_t Number, class Source>
    [[gnu::always_inline]] static inline void run_from(const T* parameters, const Source& source,
                                                       T* y) noexcept {
        using stage = type_at<Number, stages>;
        using head = typename stage::head;
        const dense_row<head, T> values(
            source, kernel_of<Number>(parameters), bias_of<Number>(parameters),
            [](auto sum) __attribute__((always_inline)) {
                return evaluate_at(stage::tail::prediction, symbols::x, sum);
            });
        if constexpr (Number + 1 < stages::size && head::outputs > widest) {
            alignas(alignment) T row[head::outputs];
            values.store(row);
            run_from<Number + 1>(parameters, memory_row<T>{row}, y);
        } else if constexpr (Number + 1 < stages::size)
            run_from<Number + 1>(parameters, values, y);
        else {
            values.store(y);
            if constexpr (stage::has_softmax) // of a row, or of several behind a reshape
                for (std::size_t first = 0; first < head::outputs; first += stage::closing::length)
                    softmax_row<stage::closing::length>(y + first);
        }
    }

    template <std::size_t Number>
    static constexpr std::size_t begin_of =
        places::places[training_wiring<Topology>::marks.stage_of[wires::marks.stages[Number].head]];

public:
    /// Where the arrays of a stage lie.
    template <std::size_t Number>
    [[nodiscard, gnu::always_inline]] static const T* kernel_of(const T* parameters) noexcept {
        using head = typename type_at<Number, stages>::head;
        return array_of<head>(parameters + begin_of<Number>, typename head::kernel{});
    }
    template <std::size_t Number>
    [[nodiscard, gnu::always_inline]] static const T* bias_of(const T* parameters) noexcept {
        using head = typename type_at<Number, stages>::head;
        return array_of<head>(parameters + begin_of<Number>, typename head::bias{});
    }

    /// Whether every stage is one that this pass can run, and there are few weights.
    static constexpr bool is_worthwhile = suit(stages{});

    /// x [input] -> y [output]. Part of the function that asks for a prediction: what that does in a loop may
    /// keep weights and constants in registers.
    [[gnu::always_inline]] static inline void run(const T* parameters, const T* x, T* y) noexcept {
        run_from<0>(parameters, memory_row<T>{x}, y);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
