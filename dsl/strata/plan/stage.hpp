// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/numbered_type.hpp>
#include <strata/layers/head.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// The head of a stage that has nothing but a tail. Elements without rows are one long row.
template <std::size_t Width>
struct pass_through : head_base<0, Width, 0, Width> {
    static constexpr bool reads_back = false;
    static constexpr bool reads_pitched = true;
    static constexpr bool writes_pitched = true;
};

struct no_closing {
    static constexpr std::size_t length = 0;
};

/// The loss applies the last layer itself (softmax, sigmoid), to whole rows.
struct closed_by_loss {
    static constexpr std::size_t length = 0;
};

/// A softmax over rows of that length, which ends a stage.
template <std::size_t Length>
struct closing_softmax {
    static constexpr std::size_t length = Length;
};

/// What one kernel computes: `Rows` rows a sample through the head, then the tail on each element while it is
/// in a register, then the closing on each row while it is in the cache.
template <class Head, class Tail, class Closing, std::size_t Rows>
struct stage {
    static_assert(bedrock::head<Head>, "strata: what a stage begins with derives from head_base");
    using head = Head;
    using tail = stand_in<Tail>;
    using closing = Closing;
    /// Something changes the tail's output in place, row by row, after the tail.
    static constexpr bool is_closed = !std::same_as<Closing, no_closing>;
    static constexpr bool has_softmax = Closing::length > 0;
    static constexpr std::size_t rows = Rows;
    static constexpr std::size_t output_size = Rows * Head::outputs;

    /// Whether training keeps, beside what the stage returned, what the tail's derivative is computed from:
    /// the tail's input, or its output where a closing changes it.
    static constexpr bool keeps_tail = !Tail::has_unit_slope && (!Tail::from_output || is_closed);
    static constexpr bool keeps_tail_input = keeps_tail && !Tail::from_output;

    /// Multiplications and additions for one sample in the head's product.
    static constexpr std::size_t product_flops =
        Head::has_product ? 2 * Rows * Head::inputs * Head::outputs : Head::product_flops;
};

} // namespace strata::bedrock::inline STRATA_SETTING
