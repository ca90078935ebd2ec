// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_of.hpp>
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/plan/stage.hpp>
#include <strata/plan/tail.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a tail's formula reads besides the element: a scale and a shift for each channel, and the rows of
/// another value. A register that begins inside any of them may be read, even where it reaches behind the
/// end.
template <class T>
struct tail_operands {
    const T* scale = nullptr;
    const T* shift = nullptr;
    rows_view<const T> skip = {};
};
struct no_operands {};

namespace internal {
template <class Tail, class T>
using operands_of = std::conditional_t<Tail::has_affine || Tail::has_skip, tail_operands<T>, no_operands>;
}

/// A tail's formula in prediction, on a tile of outputs that is still in registers. Rows of the tile are
/// `step` apart.
template <class Tail, class Operands = no_operands>
struct prediction_tail {
    static constexpr bool training = false;
    [[no_unique_address]] Operands operands = {};

    template <std::size_t Tall, std::size_t Wide, std::size_t RowsPerSample, class T>
    struct tile {
        [[no_unique_address]] Operands operands;
        std::size_t row;
        std::size_t column;
        std::size_t step;

        tile(const prediction_tail& tail, std::size_t first_row, std::size_t first_column, std::size_t,
             std::size_t row_step = 1) noexcept
            : operands(tail.operands), row(first_row), column(first_column), step(row_step) {}

        template <class V>
        V operator()(V value, [[maybe_unused]] std::size_t i, [[maybe_unused]] std::size_t j) const noexcept {
            if constexpr (std::is_same_v<Operands, no_operands>)
                return evaluate_at(Tail::prediction, symbols::x, value);
            else {
                using x = type_of<symbols::x>;
                using scaling = type_of<channel_scale>;
                using shifting = type_of<channel_shift>;
                using skipping = type_of<skipped>;
                V factor(T(1));
                V summand(T(0));
                V skip_value(T(0));
                if constexpr (Tail::has_affine) {
                    factor = V::load_unaligned(operands.scale + column + j);
                    summand = V::load_unaligned(operands.shift + column + j);
                }
                if constexpr (Tail::has_skip)
                    skip_value = V::load_unaligned(operands.skip.row(row + i * step) + column + j);
                return evaluate<V>(Tail::prediction, environment<binding<x, V>, binding<scaling, V>,
                                                                 binding<shifting, V>, binding<skipping, V>>{
                                                         {value}, {factor}, {summand}, {skip_value}});
            }
        }
    };
};

/// What a kernel that keeps nothing is compiled for: prediction's formula, where training has the same
/// (training_tail.hpp).
template <class Tail, class Operands>
[[gnu::always_inline]] inline auto shared_tail(const prediction_tail<Tail, Operands>& tail) noexcept {
    return tail;
}

} // namespace strata::bedrock::inline STRATA_SETTING
