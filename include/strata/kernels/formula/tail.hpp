// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_of.hpp>
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/random/dropout_choices.hpp>
#include <strata/kernels/rows_view.hpp>
#include <strata/plan/stage.hpp>
#include <strata/plan/tail.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

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

namespace internal {
/// Where a tile of a tail's elements has its choices of dropout.
template <class Tail, bool Drops>
struct tile_choices {
    dropout_choices choices;
    std::size_t first;
    std::size_t row_step;

    tile_choices(const dropout_choices& all, std::size_t row, std::size_t column, std::size_t width,
                 std::size_t step) noexcept
        : choices(all), first(row * width + column), row_step(step * width) {}

    /// What dropout D multiplies the element (row, column) of the tile with.
    template <class V, std::size_t D>
    [[gnu::always_inline]] V factor(std::size_t row, std::size_t column) const noexcept {
        return choices.template factors<V>(D, first + row * row_step + column,
                                           static_cast<value_type_of<V>>(1 / (1 - Tail::rates[D])));
    }
};
template <class Tail>
struct tile_choices<Tail, false> {
    tile_choices(const dropout_choices&, std::size_t, std::size_t, std::size_t, std::size_t) noexcept {}

    template <class V, std::size_t D>
    [[gnu::always_inline]] V factor(std::size_t, std::size_t) const noexcept {
        return V(value_type_of<V>(1));
    }
};

/// Evaluates a formula of one variable and of the factors of dropout for the element (row, column) of a tile.
template <class Tail, class V, term Formula, class Variable, class Choices>
[[gnu::always_inline]] inline V evaluate_element(Formula formula, Variable, V value, const Choices& choices,
                                                 [[maybe_unused]] std::size_t row,
                                                 [[maybe_unused]] std::size_t column) noexcept {
    return [&]<std::size_t... D>(std::index_sequence<D...>) {
        using variables =
            environment<binding<Variable, V>, binding<variable_term<"keep", static_cast<int>(D)>, V>...>;
        return evaluate<V>(formula, variables{{value}, {choices.template factor<V, D>(row, column)}...});
    }
    (std::make_index_sequence<Tail::dropout_count>{});
}
} // namespace internal

/// A tail's formula in training, with the factors of dropout. Rows and columns count from the tile's first,
/// and columns come in whole registers.
template <class Tail>
struct training_tail {
    static constexpr bool training = true;
    dropout_choices choices = {};

    template <std::size_t Tall, std::size_t Wide, std::size_t RowsPerSample, class T>
    struct tile {
        [[no_unique_address]] internal::tile_choices<Tail, (Tail::dropout_count > 0)> choices;

        tile(const training_tail& tail, std::size_t row, std::size_t column, std::size_t width,
             std::size_t step = 1) noexcept
            : choices(tail.choices, row, column, width, step) {}

        template <class V>
        V operator()(V value, std::size_t row, std::size_t column) const noexcept {
            return internal::evaluate_element<Tail>(Tail::training, symbols::x, value, choices, row, column);
        }
    };
};

/// What a kernel that keeps nothing is compiled for: where training draws nothing and has prediction's
/// formula, one kernel serves both.
template <class Tail>
[[gnu::always_inline]] inline auto shared_tail(const training_tail<Tail>& tail) noexcept {
    if constexpr (Tail::dropout_count == 0 &&
                  std::is_same_v<decltype(Tail::training), decltype(Tail::prediction)>)
        return prediction_tail<Tail>{};
    else
        return tail;
}
template <class Tail, class Operands>
[[gnu::always_inline]] inline auto shared_tail(const prediction_tail<Tail, Operands>& tail) noexcept {
    return tail;
}

/// The tail's derivative, computed from what training kept: one factor for each element of a tile.
template <class Tail>
struct tail_slope {
    static constexpr bool reads_kept = !Tail::is_identity;
    dropout_choices choices = {};

    template <std::size_t Tall, std::size_t Wide, std::size_t RowsPerSample, class T>
    struct tile {
        [[no_unique_address]] internal::tile_choices<Tail, Tail::slope_drops> choices;

        tile(const tail_slope& tail, std::size_t row, std::size_t column, std::size_t width,
             std::size_t step = 1) noexcept
            : choices(tail.choices, row, column, width, step) {}

        template <class V>
        V operator()(V kept, std::size_t row, std::size_t column) const noexcept {
            if constexpr (Tail::from_output)
                return internal::evaluate_element<Tail>(Tail::slope, symbols::y, kept, choices, row, column);
            else
                return internal::evaluate_element<Tail>(Tail::slope, symbols::x, kept, choices, row, column);
        }
    };
};

/// A slope of one everywhere, for a stage whose tail's slope is applied later, row by row, behind the
/// derivative of its closing.
struct no_slope {
    static constexpr bool reads_kept = false;

    template <std::size_t Tall, std::size_t Wide, std::size_t RowsPerSample, class T>
    struct tile {
        tile(const no_slope&, std::size_t, std::size_t, std::size_t, std::size_t = 1) noexcept {}

        template <class V>
        V operator()(V, std::size_t, std::size_t) const noexcept {
            return V(1);
        }
    };
};

} // namespace strata::bedrock::inline STRATA_SETTING
