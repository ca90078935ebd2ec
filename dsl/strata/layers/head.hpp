// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/layers/parameter.hpp>

#include <concepts>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// What every head offers to the plan, with the defaults of most. For each sample it makes `OutputRows` rows
/// of `Outputs` numbers of `InputRows` rows of `Inputs`; 0 rows are as many as what it reads has. A head
/// derives from this and hides what differs.
template <std::size_t InputRows, std::size_t Inputs, std::size_t OutputRows, std::size_t Outputs>
struct head_base {
    static constexpr std::size_t input_rows = InputRows;
    static constexpr std::size_t output_rows = OutputRows;
    static constexpr std::size_t inputs = Inputs;
    static constexpr std::size_t outputs = Outputs;
    /// Its arrays of parameters, in the order in which they are stored, saved and shown.
    using parameters = type_list<>;
    /// How many values it reads, and how long the rows are in which it sees each.
    static constexpr std::size_t parts = 1;
    [[nodiscard]] static constexpr std::size_t source_width(std::size_t) { return Inputs; }
    /// Whether its kernels can read, or write, rows that lie apart, between those of other values.
    static constexpr bool reads_pitched = false;
    static constexpr bool writes_pitched = false;
    /// Whether it puts its parts side by side, at `offsets` of its rows, so that they may be made there.
    static constexpr bool joins = false;
    /// Whether it is a stream's that waits for steps behind the one that it computes.
    static constexpr bool waits = false;
    /// Whether each of its rows is the product of a row of `inputs` numbers with `outputs` columns of
    /// weights, and multiplications and additions for a sample where it multiplies otherwise.
    static constexpr bool has_product = false;
    static constexpr std::size_t product_flops = 0;
    /// Whether its kernels divide these among threads, be it of one sample.
    static constexpr bool divides_samples = true;
    /// Whether its results change with its parameters or with what it reads, but for steps.
    static constexpr bool has_derivatives = true;
    /// Whether `backward` reads what forward read. If not, training may have other values there by then,
    /// unless `update` needs it.
    static constexpr bool reads_back = true;
    /// Numbers of a sample that its kernels keep from forward to backward, besides the results.
    static constexpr std::size_t kept_size = 0;
    /// What its forward kernel computes, for the plan's text, if it is no product.
    static constexpr auto computation = text("its kernel");
};

/// What stages can begin with.
template <class T>
concept head = requires(std::size_t index) {
    typename T::parameters;
    { T::input_rows } -> std::convertible_to<std::size_t>;
    { T::output_rows } -> std::convertible_to<std::size_t>;
    { T::inputs } -> std::convertible_to<std::size_t>;
    { T::outputs } -> std::convertible_to<std::size_t>;
    { T::parts } -> std::convertible_to<std::size_t>;
    { T::source_width(index) } -> std::convertible_to<std::size_t>;
    { T::reads_pitched } -> std::convertible_to<bool>;
    { T::writes_pitched } -> std::convertible_to<bool>;
    { T::joins } -> std::convertible_to<bool>;
    { T::has_product } -> std::convertible_to<bool>;
    { T::product_flops } -> std::convertible_to<std::size_t>;
};

/// The head of a layer without one.
struct no_head : head_base<0, 0, 0, 0> {};

} // namespace strata::bedrock::inline STRATA_SETTING

STRATA_HEADER_END
