// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/layers/positions.hpp>
#include <strata/layers/rotary.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Sums of steps and what tells them apart.
template <std::size_t Steps, std::size_t Width, class Layer>
struct head_kernels<position_sum<Steps, Width, Layer>> : head_kernels_base {
    using head = position_sum<Steps, Width, Layer>;
    using embeddings = typename head::embeddings;
    template <class T>
    using layout = array_layout<T, row_storage<Width>, typename embeddings::shape>;

    // Waves do not change: they are computed once, when they are needed first.
    template <class T>
    [[gnu::noinline]] static const T* waves() noexcept {
        alignas(alignment) static const auto table = [] {
            std::array<T, layout<T>::size> result{};
            for (std::size_t step = 0; step < Steps; ++step)
                write_wave(step, result.data() + step * layout<T>::stored);
            return result;
        }();
        return table.data();
    }
    /// The row of any step.
    template <class T>
    static void write_wave(std::size_t step, T* row) noexcept {
        for (std::size_t i = 0; i < Width; ++i) {
            const double exponent = static_cast<double>(i / 2 * 2) / static_cast<double>(Width);
            const double angle = static_cast<double>(step) * std::pow(10000.0, -exponent);
            row[i] = static_cast<T>(i % 2 == 0 ? std::sin(angle) : std::cos(angle));
        }
    }

    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const T* table = nullptr;
        if constexpr (head::is_learnt)
            table = array_of<head>(call.parameters, embeddings{});
        else
            table = waves<T>();
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t row = mine.begin * Steps; row < mine.end * Steps; ++row)
            add_position(writer, call.x[0], row, table + row % Steps * layout<T>::stored);
        return true;
    }
    template <class T, class Writer>
    static void add_position(const Writer& writer, rows_view<const T> x, std::size_t row,
                             const T* position) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        visit_columns<Width, T>([&](auto count, std::size_t column) {
            constexpr std::size_t lanes = decltype(count)::value;
            const V number = load_first<lanes, V>(x.row(row) + column);
            writer.template put<lanes>(V(number + V::load_unaligned(position + column)), row, column);
        });
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t row = mine.begin * Steps; row < mine.end * Steps; ++row)
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                store_or_add<lanes>(load_first<lanes, V>(call.delta.row(row) + column),
                                    call.source_deltas[0].row(row) + column, call.adds[0]);
            });
    }

    static constexpr piece_adder adds_pieces = piece_adder::pass;

    template <class Stage, bool, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        const team::range mine = threads.share(Steps);
        const auto use = updates(embeddings{});
        for (std::size_t step = mine.begin; step < mine.end; ++step)
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                V sum(T(0));
                for (std::size_t sample = call.piece.begin; sample < call.piece.end; ++sample)
                    sum += load_first<lanes, V>(call.delta.row(sample * Steps + step) + column);
                use(step * layout<T>::stored + column, sum);
            });
    }
};

/// Rotary positions.
template <std::size_t Steps, std::size_t Heads, std::size_t Width, real Base>
struct head_kernels<rotation<Steps, Heads, Width, Base>> : head_kernels_base {
    static constexpr std::size_t half = Width / 2;
    template <class T>
    static constexpr std::size_t stored = round_up(half, lanes_of<T, half>);

    // The cosines and then the sines of each step: they are computed once, when they are needed first.
    template <class T>
    [[gnu::noinline]] static const T* turns() noexcept {
        alignas(alignment) static const auto table = [] {
            std::array<T, 2 * Steps * stored<T>> result{};
            for (std::size_t step = 0; step < Steps; ++step)
                write_turn(step, result.data() + 2 * step * stored<T>);
            return result;
        }();
        return table.data();
    }
    /// The cosines and sines of any step.
    template <class T>
    static void write_turn(std::size_t step, T* row) noexcept {
        for (std::size_t i = 0; i < half; ++i) {
            const double exponent = static_cast<double>(i) / static_cast<double>(half);
            const double angle = static_cast<double>(step) * std::pow(Base.value(), -exponent);
            row[i] = static_cast<T>(std::cos(angle));
            row[stored<T> + i] = static_cast<T>(std::sin(angle));
        }
    }

    /// Calls put(lanes, register, column) for a row, turned one way or, with -1, back.
    template <class T, class Put>
    static void turn(const T* row, const T* table, T direction, const Put& put) noexcept {
        using V = simd<T, lanes_of<T, half>>;
        for (std::size_t first = 0; first < Heads * Width; first += Width)
            visit_row<half, V>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const V a = load_first<lanes, V>(row + first + column);
                const V b = load_first<lanes, V>(row + first + half + column);
                const V cosine = V::load_unaligned(table + column);
                const V sine = V::load_unaligned(table + stored<T> + column) * V(direction);
                put(count, V(a * cosine - b * sine), first + column);
                put(count, V(a * sine + b * cosine), first + half + column);
            });
    }

    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const T* const table = turns<T>();
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t row = mine.begin * Steps; row < mine.end * Steps; ++row)
            turn(call.x[0].row(row), table + 2 * (row % Steps) * stored<T>, T(1),
                 [&](auto count, auto value, std::size_t column) {
                     writer.template put<decltype(count)::value>(value, row, column);
                 });
        return true;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        const T* const table = turns<T>();
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t row = mine.begin * Steps; row < mine.end * Steps; ++row) {
            T* const result = call.source_deltas[0].row(row);
            turn(call.delta.row(row), table + 2 * (row % Steps) * stored<T>, T(-1),
                 [&](auto count, auto value, std::size_t column) {
                     store_or_add<decltype(count)::value>(value, result + column, call.adds[0]);
                 });
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
