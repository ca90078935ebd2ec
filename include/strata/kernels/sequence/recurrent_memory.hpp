// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/rows_view.hpp>
#include <strata/kernels/sequence/cell.hpp>
#include <strata/kernels/sequence/gate_layout.hpp>
#include <strata/setting.hpp>

#include <algorithm>
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
    static constexpr bool has_inner = cell<Layer>::has_inner;
    static constexpr bool drops = Layer::recurrent_dropout > 0;

public:
    static constexpr std::size_t tile_samples = internal::recurrent_tile<Layer, Steps, T>::samples;
    static constexpr std::size_t chunk = internal::recurrent_tile<Layer, Steps, T>::chunk;

    recurrent_memory(T* numbers, std::size_t samples) noexcept {
        const auto place = [&](T*& part, std::size_t size) {
            part = numbers;
            numbers += internal::room_for<T>(size);
        };
        place(gates_, samples * Steps * order::width);
        place(before_, samples * Steps * Layer::units);
        place(inner_, has_inner ? samples * (Steps + 1) * units : 0);
        place(carried_, samples * units);
        place(factors_, drops ? samples * units : 0);
        place(transposed_, order::width * units);
    }
    static constexpr std::size_t size(std::size_t samples) noexcept {
        std::size_t result = 0;
        for (const std::size_t part : {samples * Steps * order::width, samples * Steps * Layer::units,
                                       has_inner ? samples * (Steps + 1) * units : 0, samples * units,
                                       drops ? samples * units : 0, order::width * units})
            result += internal::room_for<T>(part);
        return result;
    }

    /// The sums of a place in time, what backward needs of them, and the derivatives by them.
    [[nodiscard]] rows_view<T> gates(std::size_t sample, std::size_t time) const noexcept {
        return {gates_ + (sample * Steps + time) * order::width, Steps * order::width};
    }
    /// The state before the step of a place in time, as the recurrent kernel sees it.
    [[nodiscard]] rows_view<T> before(std::size_t sample, std::size_t time) const noexcept {
        return {before_ + (sample * Steps + time) * Layer::units, Steps * Layer::units};
    }
    /// The inner state before step `number`, or behind the one before.
    [[nodiscard]] rows_view<T> inner(std::size_t sample, std::size_t number) const noexcept {
        return {inner_ + (sample * (Steps + 1) + number) * units, (Steps + 1) * units};
    }
    [[nodiscard]] rows_view<T> carried(std::size_t sample) const noexcept {
        return {carried_ + sample * units, units};
    }
    [[nodiscard]] rows_view<T> factors(std::size_t sample) const noexcept {
        return {factors_ + sample * units, units};
    }
    /// The recurrent kernel, transposed: [groups][width][lanes].
    [[nodiscard]] T* transposed() const noexcept { return transposed_; }

private:
    T* gates_;
    T* before_;
    T* inner_;
    T* carried_;
    T* factors_;
    T* transposed_;
};

/// What a thread needs to predict a tile of samples: the sums of some steps, and states before and behind a
/// step.
template <class Layer, std::size_t Steps, class T>
class prediction_memory {
    using tile = internal::recurrent_tile<Layer, Steps, T>;
    using order = typename tile::order;
    static constexpr std::size_t units = order::stored_units;
    static constexpr bool has_inner = cell<Layer>::has_inner;
    static constexpr std::size_t state_size = tile::samples * units;

public:
    static constexpr std::size_t size = internal::room_for<T>((has_inner ? 3 : 2) * state_size) +
                                        internal::room_for<T>(tile::samples * tile::chunk * order::width);
    const std::size_t chunk;

    prediction_memory(T* numbers, std::size_t samples) noexcept
        : chunk(std::min(Steps, tile::chunk * (tile::samples / samples))),
          states_(numbers),
          gates_(numbers + internal::room_for<T>((has_inner ? 3 : 2) * state_size)) {}

    void clear() const noexcept { std::fill_n(states_, (has_inner ? 3 : 2) * state_size, T(0)); }

    /// The sums of one of the steps.
    [[nodiscard]] rows_view<T> gates(std::size_t step) const noexcept {
        return {gates_ + step * order::width, chunk * order::width};
    }
    /// The state before step `number`.
    [[nodiscard]] rows_view<T> state(std::size_t number) const noexcept {
        return {states_ + number % 2 * state_size, units};
    }
    [[nodiscard]] rows_view<T> inner() const noexcept { return {states_ + 2 * state_size, units}; }

private:
    T* states_;
    T* gates_;
};

} // namespace strata::bedrock::inline STRATA_SETTING
