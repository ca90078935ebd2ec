// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/forward.hpp>
#include <strata/kernels/lane_exchange.hpp>
#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// A row of numbers in memory, as the first layer of a network reads it.
template <class T>
struct memory_row {
    const T* numbers;

    /// Number k in every lane.
    template <class V>
    [[nodiscard, gnu::always_inline]] V broadcast(std::size_t k) const noexcept {
        return V(numbers[k]);
    }
    /// `Count` numbers from `first` on, zero in the other lanes.
    template <std::size_t Count, class V>
    [[nodiscard, gnu::always_inline]] V part(std::size_t first) const noexcept {
        return load_first<Count, V>(numbers + first);
    }
};

/// What a small dense layer makes of one row, in registers, as the next layer reads it. `dense_forward` gives
/// the same bits.
template <class Head, class T>
class dense_row {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    static constexpr std::size_t K = Head::inputs;
    static constexpr std::size_t N = Head::outputs;

    using V = simd<T, lanes_of<T, N>>;
    static constexpr std::size_t panels = (N + V::size - 1) / V::size;
    V registers_[panels];

public:
    /// `source` is a `memory_row` or another layer's `dense_row`, `tail` a formula of a register.
    template <class Source, class Tail>
    [[gnu::always_inline]] dense_row(const Source& source, const T* kernel, [[maybe_unused]] const T* bias,
                                     const Tail& tail) noexcept {
        if constexpr (layout::is_dot) {
            using W = typename layout::vector;
            W sum(T(0));
            if constexpr (Head::has_bias)
                sum = load_first<1, W>(bias);
            for_each_index<(K + layout::lanes - 1) / layout::lanes>([&](
                auto index) __attribute__((always_inline)) {
                constexpr std::size_t k = index * layout::lanes;
                constexpr std::size_t count = k + layout::lanes <= K ? layout::lanes : K - k;
                // Filling may hold anything: a rule of an optimizer may be 0 / 0 there.
                W weights;
                if constexpr (count < layout::lanes)
                    weights = load_first_of_more<count, W>(kernel + k);
                else
                    weights = W::load_aligned(kernel + k);
                sum = xsimd::fma(source.template part<count, W>(k), weights, sum);
            });
            registers_[0] = tail(V(internal::add_lanes(sum)));
        } else {
            constexpr std::size_t many = std::min(single_row_panels, panels);
            const auto left = [&](std::size_t, std::size_t k) __attribute__((always_inline)) {
                return source.template broadcast<typename layout::vector>(k);
            };
            for_each_index<(panels + many - 1) / many>([&](auto index) __attribute__((always_inline)) {
                constexpr std::size_t first = index * many;
                constexpr std::size_t wide = std::min(many, panels - first);
                const auto sums =
                    internal::forward_sums<Head, 1, wide>(kernel, bias, first, left, internal::all_columns{});
                for_each_index<wide>([&](auto q) __attribute__((always_inline)) {
                    registers_[first + q] = tail(sums.registers[0][q]);
                });
            });
        }
    }

    template <class W>
    [[nodiscard, gnu::always_inline]] W broadcast(std::size_t k) const noexcept {
        if constexpr (std::is_same_v<W, V>)
            return internal::broadcast_lane(registers_[k / V::size], k % V::size);
        else
            return W(internal::compiler_lanes(registers_[k / V::size])[k % V::size]);
    }
    template <std::size_t Count, class W>
    [[nodiscard, gnu::always_inline]] W part(std::size_t first) const noexcept {
        return first_lanes<Count>(registers_[first / V::size]);
    }
    [[gnu::always_inline]] void store(T* y) const noexcept {
        for_each_index<panels>([&](auto q) __attribute__((always_inline)) {
            constexpr std::size_t first = q * V::size;
            store_first<(first + V::size <= N ? V::size : N - first)>(registers_[q], y + first);
        });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
