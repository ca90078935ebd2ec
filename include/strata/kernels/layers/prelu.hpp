// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/layers/prelu.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Parametric rectifiers.
template <std::size_t Rows, class Slopes, std::size_t Width>
struct head_kernels<parametric_rectifier<Rows, Slopes, Width>> : head_kernels_base {
    using head = parametric_rectifier<Rows, Slopes, Width>;
    using alpha = typename head::alpha;
    static constexpr std::size_t width = Width;
    static constexpr bool has_one_slope = Slopes::size == 1;

private:
    template <class V>
    static V slopes_of(const value_type_of<V>* slopes, std::size_t column) noexcept {
        if constexpr (has_one_slope)
            return V(*slopes);
        else
            return V::load_unaligned(slopes + column);
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, width>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const T* const slopes = array_of<head>(call.parameters, alpha{});
        const team::range mine = threads.share(call.samples * Rows);
        for (std::size_t row = mine.begin; row < mine.end; ++row)
            visit_columns<width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const V x = load_first<lanes, V>(call.x[0].row(row) + column);
                const V slope = slopes_of<V>(slopes, column);
                writer.template put<lanes>(xsimd::select(x > V(T(0)), x, x * slope), row, column);
            });
        return threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, width>>;
        const T* const slopes = array_of<head>(call.parameters, alpha{});
        const team::range mine = threads.share(call.samples * Rows);
        for (std::size_t row = mine.begin; row < mine.end; ++row)
            visit_columns<width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const V x = load_first<lanes, V>(call.x[0].row(row) + column);
                const V delta = load_first<lanes, V>(call.delta.row(row) + column);
                const V slope = slopes_of<V>(slopes, column);
                store_or_add<lanes>(V(xsimd::select(x > V(T(0)), delta, delta * slope)),
                                    call.source_deltas[0].row(row) + column, call.adds[0]);
            });
    }

    static constexpr piece_adder adds_pieces = piece_adder::pass;

    template <class Stage, bool, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        using V = simd<T, lanes_of<T, width>>;
        constexpr std::size_t whole = width / V::size * V::size;
        const team::range mine = threads.share(width, V::size);
        const auto use = updates(alpha{});
        const auto product = [&](auto count, std::size_t row, std::size_t column) {
            constexpr std::size_t lanes = decltype(count)::value;
            return V(load_first<lanes, V>(call.delta.row(row) + column) *
                     internal::cap(load_first<lanes, V>(call.x[0].row(row) + column), V(T(0))));
        };
        if constexpr (has_one_slope) {
            if (threads.rank != 0)
                return;
            V total(T(0));
            for (std::size_t row = call.piece.begin * Rows; row < call.piece.end * Rows; ++row)
                visit_columns<width, T>(
                    [&](auto count, std::size_t column) { total += product(count, row, column); });
            use(0, internal::add_lanes(total));
            return;
        }
        const auto sum = [&](auto count, std::size_t column) {
            V total(T(0));
            for (std::size_t row = call.piece.begin * Rows; row < call.piece.end * Rows; ++row)
                total += product(count, row, column);
            use(column, total);
        };
        for (std::size_t column = mine.begin; column < mine.end; column += V::size)
            if (column < whole)
                sum(std::integral_constant<std::size_t, V::size>{}, column);
            else
                sum(std::integral_constant<std::size_t, width % V::size>{}, column);
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
