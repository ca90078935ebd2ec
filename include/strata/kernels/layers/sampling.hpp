// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/random/noise.hpp>
#include <strata/layers/sampling.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Draws from normal distributions: m + e^(l/2) n, with n drawn for each element.
template <std::size_t Rows, std::size_t Width>
struct head_kernels<normal_draw<Rows, Width>> : head_kernels_base {
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const team::range mine = threads.share(call.samples * Rows);
        normal_noise<T> noise(call.key, Rows * Width);
        for (std::size_t row = mine.begin; row < mine.end; ++row)
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                V y = load_first<lanes, V>(call.x[0].row(row) + column);
                if constexpr (Tail::training) {
                    const V half = load_first<lanes, V>(call.x[1].row(row) + column) * V(T(0.5));
                    y += exponential_of(half) * V::load_unaligned(noise.values(row * Width + column));
                }
                writer.template put<lanes>(y, row, column);
            });
        return threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        const team::range mine = threads.share(call.samples * Rows);
        normal_noise<T> noise(call.key, Rows * Width);
        for (std::size_t row = mine.begin; row < mine.end; ++row)
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const V delta = load_first<lanes, V>(call.delta.row(row) + column);
                if (call.source_deltas[0].data != nullptr)
                    store_or_add<lanes>(delta, call.source_deltas[0].row(row) + column, call.adds[0]);
                if (call.source_deltas[1].data != nullptr) {
                    const V half = load_first<lanes, V>(call.x[1].row(row) + column) * V(T(0.5));
                    const V drawn = V::load_unaligned(noise.values(row * Width + column));
                    store_or_add<lanes>(V(delta * exponential_of(half) * drawn * V(T(0.5))),
                                        call.source_deltas[1].row(row) + column, call.adds[1]);
                }
            });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
