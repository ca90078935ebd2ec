// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/random/noise.hpp>
#include <strata/layers/gaussian_noise.hpp>
#include <strata/setting.hpp>

#include <cmath>

namespace strata::bedrock::inline STRATA_SETTING {

/// Gaussian noise: x + d n or x (1 + d n), with n drawn for each element.
template <noise_kind Kind, real Amount, std::size_t Rows, std::size_t Width>
struct head_kernels<gaussian_disturbance<Kind, Amount, Rows, Width>> : head_kernels_base {
private:
    // What multiplies the noise.
    template <class T>
    static T deviation() noexcept {
        constexpr double amount = Amount.value();
        return static_cast<T>(Kind == noise_kind::added ? amount : std::sqrt(amount / (1 - amount)));
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const team::range mine = threads.share(call.samples * Rows);
        const V deviations(deviation<T>());
        normal_noise<T> noise(call.key, Rows * Width);
        for (std::size_t row = mine.begin; row < mine.end; ++row)
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                V x = load_first<lanes, V>(call.x[0].row(row) + column);
                if constexpr (Tail::training) {
                    const V drawn = V::load_unaligned(noise.values(row * Width + column)) * deviations;
                    x += Kind == noise_kind::added ? drawn : x * drawn;
                }
                writer.template put<lanes>(x, row, column);
            });
        return threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        if (call.source_deltas[0].data == nullptr)
            return;
        using V = simd<T, lanes_of<T, Width>>;
        const team::range mine = threads.share(call.samples * Rows);
        const V deviations(deviation<T>());
        normal_noise<T> noise(call.key, Rows * Width);
        for (std::size_t row = mine.begin; row < mine.end; ++row)
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                V delta = load_first<lanes, V>(call.delta.row(row) + column);
                if constexpr (Kind == noise_kind::multiplied)
                    delta += delta * (V::load_unaligned(noise.values(row * Width + column)) * deviations);
                store_or_add<lanes>(delta, call.source_deltas[0].row(row) + column, call.adds[0]);
            });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
