// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/layers/prelu.hpp>
#include <strata/setting.hpp>

namespace strata::inline STRATA_SETTING {

/// Parametric rectifiers.
template <std::size_t Rows, std::size_t Width>
struct head_kernels<parametric_rectifier<Rows, Width>> : without_memory {
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& at, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        const row_writer<Stage, Keep, T, Tail> out{at.y, at.kept, tail};
        const team::range mine = threads.share(at.samples * Rows);
        for (std::size_t row = mine.begin; row < mine.end; ++row)
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const V x = load_first<lanes, V>(at.x[0].row(row) + column);
                const V slope = V::load_unaligned(at.parameters.kernel + column);
                out.template put<lanes>(xsimd::select(x > V(T(0)), x, x * slope), row, column);
            });
        return threads.size == 1;
    }

    static constexpr bool finishes_slopes = false;

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& at, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        const team::range mine = threads.share(at.samples * Rows);
        for (std::size_t row = mine.begin; row < mine.end; ++row)
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const V x = load_first<lanes, V>(at.x[0].row(row) + column);
                const V delta = load_first<lanes, V>(at.delta.row(row) + column);
                const V slope = V::load_unaligned(at.parameters.kernel + column);
                store_or_add<lanes>(V(xsimd::select(x > V(T(0)), delta, delta * slope)),
                                    at.before[0].row(row) + column, at.adds[0]);
            });
    }

    template <class Stage, bool, class T, class Consumer, class Place>
    static void update(const head_backward<T>& at, const team& threads, const Consumer& consumer,
                       const Place& place) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        constexpr std::size_t whole = Width / V::size * V::size;
        const team::range mine = threads.share(Width, V::size);
        const auto use = consumer.bias(std::type_identity<Stage>{}, place.kernel);
        const auto sum = [&](auto count, std::size_t column) {
            constexpr std::size_t lanes = decltype(count)::value;
            V total(T(0));
            for (std::size_t row = 0; row < at.samples * Rows; ++row)
                total += load_first<lanes, V>(at.delta.row(row) + column) *
                         xsimd::min(load_first<lanes, V>(at.x[0].row(row) + column), V(T(0)));
            use(column, total);
        };
        for (std::size_t column = mine.begin; column < mine.end; column += V::size)
            if (column < whole)
                sum(std::integral_constant<std::size_t, V::size>{}, column);
            else
                sum(std::integral_constant<std::size_t, Width % V::size>{}, column);
    }
};

} // namespace strata::inline STRATA_SETTING
