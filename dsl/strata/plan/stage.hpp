// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/layers/dense.hpp>
#include <strata/layers/softmax.hpp>
#include <strata/plan/tail.hpp>

namespace strata {

/// The head of a stage that multiplies rows of `Inputs` numbers with a matrix of weights: dense layers.
template <std::size_t Inputs, class Layer, std::size_t Units>
struct contraction {
    using layer = Layer;
    static constexpr bool has_parameters = true;
    static constexpr std::size_t inputs = Inputs;
    static constexpr std::size_t outputs = Units;
    static constexpr bool has_bias = Layer::has_bias;
    static constexpr std::size_t parameter_count = (Inputs + has_bias) * Units;
};

/// The head of a stage that has nothing but a tail.
template <std::size_t Width>
struct pass_through {
    static constexpr bool has_parameters = false;
    static constexpr std::size_t inputs = Width;
    static constexpr std::size_t outputs = Width;
    static constexpr std::size_t parameter_count = 0;
};

namespace detail {
template <class Head>
inline constexpr bool has_product = Head::has_parameters&& requires {
    Head::has_bias;
};

/// Whether a head can read, or write, rows that lie apart, between those of other values.
template <class Head>
inline constexpr bool reads_pitched = requires {
    Head::reads_pitched;
};
template <class Head>
inline constexpr bool writes_pitched = requires {
    Head::writes_pitched;
};
// Elements without rows are one long row.
template <std::size_t Width>
inline constexpr bool reads_pitched<pass_through<Width>> = true;
template <std::size_t Width>
inline constexpr bool writes_pitched<pass_through<Width>> = true;
} // namespace detail

struct no_closing {};

/// The loss applies the last layer itself (softmax, sigmoid), to whole rows.
struct closed_by_loss {};

/// A softmax over rows of that length, which ends a stage.
template <std::size_t Length>
struct closing_softmax {
    static constexpr std::size_t length = Length;
};

/// What one kernel computes: `Rows` rows a sample through the head, then the tail on each element while it is
/// in a register, then the closing on each row while it is in the cache.
template <class Head, class Tail, class Closing, std::size_t Rows>
struct stage {
    using head = Head;
    using tail = Tail;
    using closing = Closing;
    /// Something changes the tail's output in place, row by row, after the tail.
    static constexpr bool is_closed = !std::same_as<Closing, no_closing>;
    static constexpr bool has_softmax = requires { Closing::length; };
    static constexpr std::size_t rows = Rows;
    static constexpr std::size_t output_size = Rows * Head::outputs;

    /// Whether training keeps, beside what the stage returned, what the tail's derivative is computed from:
    /// the tail's input, or its output where a closing changes it.
    static constexpr bool keeps_tail = !Tail::is_identity && (!Tail::from_output || is_closed);
    static constexpr bool keeps_tail_input = keeps_tail && !Tail::from_output;

    /// Multiplications and additions for one sample in the head's product.
    static constexpr std::size_t product_flops = [] {
        if constexpr (requires { Head::product_flops; })
            return Head::product_flops;
        else
            return detail::has_product<Head> ? 2 * Rows * Head::inputs * Head::outputs : std::size_t{0};
    }();
};

} // namespace strata
