// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/sequence/cell.hpp>
#include <strata/kernels/sequence/gate_layout.hpp>
#include <strata/kernels/sequence/masked_steps.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Samples that go through the steps together, and steps whose products with the inputs are computed at once:
/// as many as stay in the second cache, but enough for the product to be a quick one.
template <class Layer, std::size_t Steps, class T>
struct recurrent_tile {
    using order = gate_order<T, Layer::units, Layer::gates>;
    static constexpr std::size_t samples = 16;
    static constexpr std::size_t bytes = std::size_t{1} << 18;
    static constexpr std::size_t chunk =
        std::min(Steps, std::max<std::size_t>(16, bytes / (samples * order::width * sizeof(T))));
};

template <class T>
constexpr std::size_t room_for(std::size_t numbers) noexcept {
    return whole_lines<T>(numbers) + line_size<T>;
}
} // namespace internal

/// What training keeps of a recurrent layer, from forward to update. Rows of neighbouring samples are
/// `pitch` apart.
template <class Layer, std::size_t Steps, class T>
class recurrent_memory {
    using order = gate_order<T, Layer::units, Layer::gates>;
    static constexpr std::size_t units = order::stored_units;
    using own_cell = cell<Layer>;
    static constexpr bool has_inner = own_cell::has_inner;
    static constexpr bool is_split = own_cell::split_gate < Layer::gates;
    static constexpr bool drops = Layer::recurrent_dropout > 0;

public:
    static constexpr std::size_t tile_samples = internal::recurrent_tile<Layer, Steps, T>::samples;
    static constexpr std::size_t chunk = internal::recurrent_tile<Layer, Steps, T>::chunk;

    recurrent_memory(T* numbers, std::size_t samples) noexcept {
        std::size_t part = 0;
        for (const std::size_t size : sizes(samples)) {
            parts_[part++] = numbers;
            numbers += internal::room_for<T>(size);
        }
    }
    static constexpr std::size_t size(std::size_t samples) noexcept {
        std::size_t result = 0;
        for (const std::size_t each : sizes(samples))
            result += internal::room_for<T>(each);
        return result;
    }

    /// The sums of a place in time, what backward needs of them, and the derivatives by them.
    [[nodiscard]] rows_view<T> gates(std::size_t sample, std::size_t time) const noexcept {
        return sequence(0, sample, time, order::width);
    }
    /// The state before the step of a place in time, as the recurrent kernel sees it.
    [[nodiscard]] rows_view<T> previous(std::size_t sample, std::size_t time) const noexcept {
        return sequence(1, sample, time, Layer::units);
    }
    /// The inner state before step `number`, or behind the one before.
    [[nodiscard]] rows_view<T> inner(std::size_t sample, std::size_t number) const noexcept {
        return {parts_[2] + (sample * (Steps + 1) + number) * units, (Steps + 1) * units};
    }
    [[nodiscard]] rows_view<T> carried(std::size_t sample) const noexcept {
        return {parts_[3] + sample * units, units};
    }
    /// The factors of dropout.
    [[nodiscard]] rows_view<T> factors(std::size_t sample) const noexcept {
        return {parts_[4] + sample * units, units};
    }
    /// The products of the state with a split gate's weights, and then the derivatives by all gates'.
    [[nodiscard]] rows_view<T> products(std::size_t sample, std::size_t time) const noexcept {
        return sequence(5, sample, time, order::width);
    }
    /// The derivatives by the products with the recurrent kernel.
    [[nodiscard]] rows_view<T> state_deltas(std::size_t sample, std::size_t time) const noexcept {
        return is_split ? products(sample, time) : gates(sample, time);
    }
    /// What the reset gate leaves of the state.
    [[nodiscard]] rows_view<T> reset(std::size_t sample, std::size_t time) const noexcept {
        return sequence(6, sample, time, Layer::units);
    }
    /// The derivatives by the results of the last step and by the state behind it.
    [[nodiscard]] rows_view<T> last_deltas(std::size_t sample) const noexcept {
        return {parts_[9] + sample * units, units};
    }
    /// Room for a gradient of the recurrent kernel.
    [[nodiscard]] T* kernel_sums() const noexcept { return parts_[7]; }
    /// The recurrent kernel, transposed: [groups][width][lanes].
    [[nodiscard]] T* transposed() const noexcept { return parts_[8]; }

    /// With a mask, that of a step.
    [[nodiscard]] step_mask_of<Layer, T> mask(std::size_t sample, std::size_t time) const noexcept {
        if constexpr (Layer::reads_mask)
            return {sequence(10, sample, time, 1), {parts_[11] + sample * units, units}};
        else
            return {};
    }
    /// Numbers of that in a row, which forward writes.
    [[nodiscard]] T* kinds(std::size_t sample) const noexcept { return sequence(10, sample, 0, 1).data; }

private:
    static constexpr std::size_t part_count = Layer::reads_mask ? 12 : 10;
    static constexpr std::array<std::size_t, part_count> sizes(std::size_t samples) noexcept {
        const std::size_t rows = samples * Steps;
        std::array<std::size_t, part_count> result{
            rows * order::width,
            rows * Layer::units,
            has_inner ? samples * (Steps + 1) * units : 0,
            samples * units,
            drops ? samples * units : 0,
            is_split ? rows * order::width : 0,
            own_cell::resets_state ? rows * Layer::units : 0,
            own_cell::resets_state ? order::template panels<Layer::units>::kernel_size : 0,
            order::width * units,
            Layer::makes_states ? samples * units : 0};
        if constexpr (Layer::reads_mask) {
            result[10] = rows;
            result[11] = samples * units;
        }
        return result;
    }
    [[nodiscard]] rows_view<T> sequence(std::size_t part, std::size_t sample, std::size_t time,
                                        std::size_t width) const noexcept {
        return {parts_[part] + (sample * Steps + time) * width, Steps * width};
    }

    std::array<T*, part_count> parts_;
};

/// What a thread needs to predict a tile of samples: the sums of some steps, and states before and behind a
/// step.
template <class Layer, std::size_t Steps, class T>
class prediction_memory {
    using tile = internal::recurrent_tile<Layer, Steps, T>;
    using order = typename tile::order;
    static constexpr std::size_t units = order::stored_units;
    static constexpr std::size_t states = cell<Layer>::has_inner || cell<Layer>::resets_state ? 3 : 2;
    static constexpr std::size_t state_size = tile::samples * units;

public:
    static constexpr std::size_t size = internal::room_for<T>(states * state_size) +
                                        internal::room_for<T>(tile::samples * tile::chunk * order::width);
    const std::size_t chunk;

    prediction_memory(T* numbers, std::size_t samples) noexcept
        : chunk(std::min(Steps, tile::chunk * (tile::samples / samples))),
          states_(numbers),
          gates_(numbers + internal::room_for<T>(states * state_size)) {}

    void clear() const noexcept { std::fill_n(states_, states * state_size, T(0)); }

    /// The sums of one of the steps.
    [[nodiscard]] rows_view<T> gates(std::size_t step) const noexcept {
        return {gates_ + step * order::width, chunk * order::width};
    }
    /// The state before step `number`.
    [[nodiscard]] rows_view<T> state(std::size_t number) const noexcept {
        return {states_ + number % 2 * state_size, units};
    }
    /// The inner state; what a reset gate leaves of the state of a cell that has none.
    [[nodiscard]] rows_view<T> inner() const noexcept { return {states_ + 2 * state_size, units}; }
    [[nodiscard]] rows_view<T> reset() const noexcept { return inner(); }

private:
    T* states_;
    T* gates_;
};

} // namespace strata::bedrock::inline STRATA_SETTING
