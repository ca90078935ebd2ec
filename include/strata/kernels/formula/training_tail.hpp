// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

// What training alone takes of the formulas of tails: dropout's factors, and slopes.

#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/formula/tail.hpp>
#include <strata/kernels/random/dropout_choices.hpp>
#include <strata/plan/tail.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

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

/// Where training draws nothing and has prediction's formula, one kernel serves both.
template <class Tail>
[[gnu::always_inline]] inline auto shared_tail(const training_tail<Tail>& tail) noexcept {
    if constexpr (Tail::dropout_count == 0 &&
                  std::is_same_v<decltype(Tail::training), decltype(Tail::prediction)>)
        return prediction_tail<Tail>{};
    else
        return tail;
}

/// The tail's derivative, computed from what training kept: one factor for each element of a tile.
template <class Tail>
struct tail_slope {
    static constexpr bool reads_kept = !Tail::has_unit_slope;
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
