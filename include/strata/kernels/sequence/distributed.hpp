// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/setting.hpp>
#include <strata/topology/time_distributed.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// A tail behind a head whose samples are steps of the network's: what it draws depends on the latter.
template <class Tail, std::size_t Steps>
struct distributed_tail {
    static constexpr bool training = Tail::training;
    const Tail& whole;

    template <std::size_t Tall, std::size_t Wide, std::size_t RowsPerStep, class T>
    struct tile : Tail::template tile<Tall, Wide, RowsPerStep * Steps, T> {
        using base = typename Tail::template tile<Tall, Wide, RowsPerStep * Steps, T>;
        tile(const distributed_tail& tail, std::size_t first_row, std::size_t first_column,
             std::size_t columns, std::size_t row_step = 1) noexcept
            : base(tail.whole, first_row, first_column, columns, row_step) {}
    };
};
template <class Tail, std::size_t Steps>
[[gnu::always_inline]] inline auto shared_tail(const distributed_tail<Tail, Steps>& tail) noexcept {
    return tail;
}

/// Layers that are applied to each step of a sequence: their own kernels, for samples that are steps.
template <class Head, std::size_t Steps>
struct head_kernels<distributed<Head, Steps>> : head_kernels_base {
private:
    using each = head_kernels<Head>;
    template <class Stage>
    using each_stage = stage<Head, plain<typename Stage::tail>, typename Stage::closing, Stage::rows / Steps>;
    static dropout_key of_steps(dropout_key key) noexcept {
        key.first_sample *= Steps;
        return key;
    }
    template <class T>
    static head_forward<T> of_steps(const head_forward<T>& call, const batch_pieces& pieces) noexcept {
        return {call.x,
                call.y,
                call.kept,
                call.parameters,
                call.shared,
                call.scratch,
                call.samples * Steps,
                of_steps(call.key),
                pieces};
    }
    template <class T>
    static head_backward<T> of_steps(const head_backward<T>& call, const batch_pieces& pieces) noexcept {
        return {call.x,
                call.delta,
                call.source_deltas,
                call.adds,
                call.source_kept,
                call.parameters,
                call.shared,
                call.scratch,
                call.samples * Steps,
                of_steps(call.key),
                pieces,
                {call.piece.begin * Steps, call.piece.end * Steps},
                call.piece_sums};
    }

public:
    template <class Stage, keeping Keep, bool Data, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        const batch_pieces pieces = call.pieces.repeat(Steps);
        each::template forward<each_stage<Stage>, Keep, Data>(of_steps(call, pieces), threads,
                                                              distributed_tail<Tail, Steps>{tail});
        return threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope& slope) noexcept {
        const batch_pieces pieces = call.pieces.repeat(Steps);
        each::template backward<each_stage<Stage>>(of_steps(call, pieces), threads, slope);
    }

    template <class Stage, bool Data, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        const batch_pieces pieces = call.pieces.repeat(Steps);
        each::template update<each_stage<Stage>, Data>(of_steps(call, pieces), threads, updates);
    }

    template <class T>
    static constexpr std::size_t shared_size(std::size_t samples) {
        return each::template shared_size<T>(samples * Steps);
    }
    template <class T>
    static constexpr std::size_t scratch_size = each::template scratch_size<T>;
    template <class T>
    static constexpr std::size_t forward_scratch_size = each::template forward_scratch_size<T>;
    static constexpr bool sums_in_backward = each::sums_in_backward;
    static constexpr piece_adder adds_pieces = each::adds_pieces;
    static constexpr std::size_t forward_exchanges = each::forward_exchanges;
    static constexpr std::size_t backward_exchanges = each::backward_exchanges;
    template <class T>
    static constexpr bool results_by_winograd = each::template results_by_winograd<T>;
    template <class T>
    static constexpr bool derivatives_by_winograd = each::template derivatives_by_winograd<T>;
    static constexpr bool is_affine = each::is_affine;

    template <class... Arguments>
    static void prepare_affine(const Arguments&... arguments) noexcept {
        each::prepare_affine(arguments...);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
