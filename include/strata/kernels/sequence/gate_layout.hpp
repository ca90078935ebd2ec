// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/parameter_arrays.hpp>
#include <strata/layers/recurrent.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Where the gates of a recurrent layer stand in rows of sums and in panels of weights: a register of
/// neighbouring units' first gates, one of their second gates, ..., then those of the next units. The last
/// units fill their registers with zeros.
template <class T, std::size_t Units, std::size_t Gates>
struct gate_order {
    static constexpr std::size_t lanes = lanes_of<T, Units>;
    static constexpr std::size_t groups = (Units + lanes - 1) / lanes;
    /// Units in the last group.
    static constexpr std::size_t last = (Units - 1) % lanes + 1;
    /// Units with what fills the last register, and the numbers of a row.
    static constexpr std::size_t stored_units = groups * lanes;
    static constexpr std::size_t width = Gates * stored_units;

    /// The column of a gate's first register for the units of a group.
    [[nodiscard]] static constexpr std::size_t column_of_group(std::size_t group, std::size_t gate) noexcept {
        return (group * Gates + gate) * lanes;
    }
    /// The column of column `number` of the conventional order.
    [[nodiscard]] static constexpr std::size_t column(std::size_t number) noexcept {
        const std::size_t unit = number % Units;
        return column_of_group(unit / lanes, number / Units) + unit % lanes;
    }
    /// The panels of a product with these columns.
    template <std::size_t Inputs>
    using panels = weight_layout<T, Inputs, width>;
    /// Numbers of a row of biases, which products read by whole panels.
    static constexpr std::size_t bias_size = panels<1>::bias_size;
};

template <class T, std::size_t Inputs, std::size_t Units, std::size_t Gates, class Shape>
struct array_layout<T, gate_storage<Inputs, Units, Gates>, Shape> {
    using order = gate_order<T, Units, Gates>;
    using layout = typename order::template panels<Inputs>;
    static constexpr std::size_t size = layout::kernel_size;
    [[nodiscard]] static constexpr std::size_t index(std::size_t number) noexcept {
        return layout::index(number / (Gates * Units), order::column(number % (Gates * Units)));
    }
};

template <class T, std::size_t Units, std::size_t Gates, class Shape>
struct array_layout<T, gate_bias_storage<Units, Gates>, Shape> {
    using order = gate_order<T, Units, Gates>;
    static constexpr std::size_t size = Shape::size / (Gates * Units) * order::bias_size;
    [[nodiscard]] static constexpr std::size_t index(std::size_t number) noexcept {
        return number / (Gates * Units) * order::bias_size + order::column(number % (Gates * Units));
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
