// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/product/column_sums.hpp>
#include <strata/layers/row_normalization.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Sums along a row of `Width` numbers, a register's lanes by themselves, where add(sums, count, column) adds
/// what a register of columns has. Four registers are summed beside each other, since each addition waits for
/// the one before it.
template <std::size_t Width, std::size_t Sums, class V, class Add>
[[nodiscard, gnu::always_inline]] inline std::array<V, Sums> sum_row(const Add& add) noexcept {
    constexpr std::size_t chains = Width >= 4 * V::size ? 4 : 1;
    std::array<std::array<V, Sums>, chains> sums;
    for (auto& each : sums)
        each.fill(V(0));
    constexpr std::integral_constant<std::size_t, V::size> all;
    std::size_t column = 0;
    for (; column + chains * V::size <= Width; column += chains * V::size)
        for (std::size_t chain = 0; chain < chains; ++chain)
            add(sums[chain], all, column + chain * V::size);
    for (; column + V::size <= Width; column += V::size)
        add(sums[0], all, column);
    if constexpr (Width % V::size > 0)
        add(sums[0], std::integral_constant<std::size_t, Width % V::size>{}, column);
    if constexpr (chains == 4)
        for (std::size_t i = 0; i < Sums; ++i)
            sums[0][i] = (sums[0][i] + sums[2][i]) + (sums[1][i] + sums[3][i]);
    return sums[0];
}
} // namespace internal

/// Normalization of each row by itself. Training keeps each row's mean and factor, two numbers a row.
template <std::size_t Rows, std::size_t Width, bool IsCentered, class Layer, class RowShape>
struct head_kernels<row_normalization<Rows, Width, IsCentered, Layer, RowShape>> : head_kernels_base {
    using head = row_normalization<Rows, Width, IsCentered, Layer, RowShape>;
    using gamma = typename head::gamma;
    using beta = typename head::beta;

private:
    template <class T>
    struct moments {
        T mean;
        T factor;
    };

    // The mean of many floats errs where they lie far from zero, since each addition to their sum rounds. The
    // mean of the differences from it is what it errs by, and small.
    static constexpr bool corrects_mean = IsCentered && Width > 4096;

    template <class V>
    static auto measure(const value_type_of<V>* x) noexcept {
        using T = value_type_of<V>;
        T mean = 0;
        if constexpr (IsCentered) {
            const auto sums =
                internal::sum_row<Width, 1, V>([&](std::array<V, 1>& sum, auto count, std::size_t column) {
                    sum[0] += load_first<decltype(count)::value, V>(x + column);
                });
            mean = internal::add_lanes(sums[0]) / T(Width);
        }
        constexpr std::size_t count_of_sums = corrects_mean ? 2 : 1;
        const auto sums = internal::sum_row<Width, count_of_sums, V>(
            [&](std::array<V, count_of_sums>& sum, auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const V difference = first_lanes<lanes>(V(load_first<lanes, V>(x + column) - V(mean)));
                sum[0] = xsimd::fma(difference, difference, sum[0]);
                if constexpr (corrects_mean)
                    sum[1] += difference;
            });
        T variance = internal::add_lanes(sums[0]) / T(Width);
        if constexpr (corrects_mean) {
            const T error = internal::add_lanes(sums[1]) / T(Width);
            mean += error;
            variance = std::max(variance - error * error, T(0));
        }
        return moments<T>{mean, 1 / std::sqrt(variance + T(head::epsilon))};
    }

    template <std::size_t Count, class V>
    [[nodiscard]] static V normalize(const value_type_of<V>* x, moments<value_type_of<V>> measured) noexcept {
        return (load_first<Count, V>(x) - V(measured.mean)) * V(measured.factor);
    }

public:
    template <class T>
    static constexpr std::size_t shared_size(std::size_t samples) {
        return 2 * Rows * samples;
    }

    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        [[maybe_unused]] const T* const gammas = array_of<head>(call.parameters, gamma{});
        [[maybe_unused]] const T* const betas = array_of<head>(call.parameters, beta{});
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t row = mine.begin * Rows; row < mine.end * Rows; ++row) {
            const T* const x = call.x[0].row(row);
            const auto measured = measure<V>(x);
            if constexpr (Tail::training) {
                call.shared[2 * row] = measured.mean;
                call.shared[2 * row + 1] = measured.factor;
            }
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                V y = normalize<lanes, V>(x + column, measured);
                if constexpr (gamma::is_present)
                    y *= V::load_unaligned(gammas + column);
                if constexpr (beta::is_present)
                    y += V::load_unaligned(betas + column);
                writer.template put<lanes>(y, row, column);
            });
        }
        return true;
    }

    /// With n the normalized row, d the derivatives by it and means over the row:
    /// dx = factor (d - mean(d) - n mean(d n)), where a row that is not centered has no mean(d).
    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        [[maybe_unused]] const T* const gammas = array_of<head>(call.parameters, gamma{});
        const auto scaled = [&]<std::size_t Count>(std::size_t row, std::size_t column) {
            V delta = load_first<Count, V>(call.delta.row(row) + column);
            if constexpr (gamma::is_present)
                delta *= V::load_unaligned(gammas + column);
            return first_lanes<Count>(delta);
        };
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t row = mine.begin * Rows; row < mine.end * Rows; ++row) {
            const T* const x = call.x[0].row(row);
            const moments<T> measured{call.shared[2 * row], call.shared[2 * row + 1]};
            const auto sums =
                internal::sum_row<Width, 2, V>([&](std::array<V, 2>& sum, auto count, std::size_t column) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    const V delta = scaled.template operator()<lanes>(row, column);
                    sum[0] += delta;
                    sum[1] = xsimd::fma(delta, normalize<lanes, V>(x + column, measured), sum[1]);
                });
            const V mean(IsCentered ? internal::add_lanes(sums[0]) / T(Width) : T(0));
            const V mean_projection(internal::add_lanes(sums[1]) / T(Width));
            T* const result = call.source_deltas[0].row(row);
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const V delta = scaled.template operator()<lanes>(row, column);
                const V normalized = normalize<lanes, V>(x + column, measured);
                store_or_add<lanes>(V(V(measured.factor) * (delta - mean - normalized * mean_projection)),
                                    result + column, call.adds[0]);
            });
        }
    }

    static constexpr piece_adder adds_pieces = piece_adder::pass;

    /// Each thread sums some columns over all rows, several registers of columns in one walk.
    template <class Stage, bool, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        const team::range rows{call.piece.begin * Rows, call.piece.end * Rows};
        internal::add_columns<Width, 2, V>(
            threads.share(Width, V::size), rows,
            [&](std::array<V, 2>& sums, auto count, std::size_t row, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const moments<T> measured{call.shared[2 * row], call.shared[2 * row + 1]};
                const V delta = load_first<lanes, V>(call.delta.row(row) + column);
                sums[0] =
                    xsimd::fma(delta, normalize<lanes, V>(call.x[0].row(row) + column, measured), sums[0]);
                sums[1] += delta;
            },
            [&](std::size_t column, const std::array<V, 2>& sums) {
                if constexpr (gamma::is_present)
                    updates(gamma{})(column, sums[0]);
                if constexpr (beta::is_present)
                    updates(beta{})(column, sums[1]);
            });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
