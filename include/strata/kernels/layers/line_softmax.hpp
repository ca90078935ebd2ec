// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/layers/line_walk.hpp>
#include <strata/layers/axis_softmax.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Softmax along an axis.
template <std::size_t Outer, std::size_t Count, std::size_t Inner, bool IsLogarithm>
struct head_kernels<line_softmax<Outer, Count, Inner, IsLogarithm>> : head_kernels_base {
    using head = line_softmax<Outer, Count, Inner, IsLogarithm>;

private:
    using walk = internal::line_walk<Outer, Count, Inner>;
    static constexpr bool is_row = walk::is_row;
    template <class T>
    using vector = typename walk::template vector<T>;

    /// In every lane the sum over a line: of all lanes where they are one line.
    template <class V>
    static V total(V sum) noexcept {
        if constexpr (is_row)
            return V(internal::add_lanes(sum));
        else
            return sum;
    }
    /// Without lanes that are none of the line's.
    template <std::size_t Lanes, class V>
    static V counted(V value) noexcept {
        if constexpr (is_row)
            return first_lanes<Lanes>(value);
        else
            return value;
    }

    /// The largest number of a line, and the sum of e^(x - largest). NaN shows in the sum.
    template <class V>
    struct moments {
        V largest;
        V sum;
    };
    template <class V, class Lanes>
    static moments<V> measure(rows_view<const value_type_of<V>> x, Lanes count, std::size_t block,
                              std::size_t column) noexcept {
        using T = value_type_of<V>;
        const V lowest(-detail::infinity<T>);
        V largest = lowest;
        walk::template places<T>(count, block, column, [&](auto some, std::size_t row, std::size_t place) {
            constexpr std::size_t lanes = decltype(some)::value;
            V value = load_first<lanes, V>(x.row(row) + place);
            if constexpr (is_row && lanes < V::size)
                value = xsimd::select(lane_numbers<V>() < V(T(lanes)), value, lowest);
            largest = internal::lift(largest, value);
        });
        if constexpr (is_row) {
            alignas(alignment) T values[V::size];
            largest.store_aligned(values);
            for (const T each : values)
                values[0] = each > values[0] ? each : values[0];
            largest = V(values[0]);
        }
        V sum(T(0));
        walk::template places<T>(count, block, column, [&](auto some, std::size_t row, std::size_t place) {
            constexpr std::size_t lanes = decltype(some)::value;
            sum += counted<lanes>(exponential_of(V(load_first<lanes, V>(x.row(row) + place) - largest)));
        });
        return {largest, total(sum)};
    }

    /// Where a register's lines have their two numbers: first those of all lines of the block, then the sums.
    static constexpr std::size_t kept_place(std::size_t block, std::size_t column) {
        return 2 * block * Inner + column;
    }

public:
    template <class T>
    static constexpr std::size_t shared_size(std::size_t samples) {
        return head::kept_size * samples;
    }

    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = vector<T>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        walk::template lines<T>(
            threads, call.samples, [&](auto count, std::size_t block, std::size_t column) {
                constexpr std::size_t lines = decltype(count)::value;
                const moments<V> of_lines = measure<V>(call.x[0], count, block, column);
                if constexpr (Tail::training) {
                    store_first<lines>(of_lines.largest, call.shared + kept_place(block, column));
                    store_first<lines>(of_lines.sum, call.shared + kept_place(block, column) + Inner);
                }
                // What is taken from x, or what e^x is divided by.
                const V scale =
                    IsLogarithm ? internal::compute(operation::logarithm{}, of_lines.sum) : of_lines.sum;
                walk::template places<T>(
                    count, block, column, [&](auto some, std::size_t row, std::size_t place) {
                        constexpr std::size_t lanes = decltype(some)::value;
                        const V x = load_first<lanes, V>(call.x[0].row(row) + place) - of_lines.largest;
                        if constexpr (IsLogarithm)
                            writer.template put<lanes>(V(x - scale), row, place);
                        else
                            writer.template put<lanes>(V(exponential_of(x) / scale), row, place);
                    });
            });
        return threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = vector<T>;
        walk::template lines<T>(
            threads, call.samples, [&](auto count, std::size_t block, std::size_t column) {
                constexpr std::size_t lines = decltype(count)::value;
                const T* const kept = call.shared + kept_place(block, column);
                const V largest = is_row ? V(*kept) : load_first<lines, V>(kept);
                const V sum = is_row ? V(kept[Inner]) : load_first<lines, V>(kept + Inner);
                const auto probability = [&]<std::size_t Lanes>(std::size_t row, std::size_t place) {
                    return V(exponential_of(V(load_first<Lanes, V>(call.x[0].row(row) + place) - largest)) /
                             sum);
                };
                V deltas(T(0));
                walk::template places<T>(count, block, column,
                                         [&](auto some, std::size_t row, std::size_t place) {
                                             constexpr std::size_t lanes = decltype(some)::value;
                                             V delta = load_first<lanes, V>(call.delta.row(row) + place);
                                             if constexpr (!IsLogarithm)
                                                 delta *= probability.template operator()<lanes>(row, place);
                                             deltas += counted<lanes>(delta);
                                         });
                deltas = total(deltas);
                walk::template places<T>(
                    count, block, column, [&](auto some, std::size_t row, std::size_t place) {
                        constexpr std::size_t lanes = decltype(some)::value;
                        const V delta = load_first<lanes, V>(call.delta.row(row) + place);
                        const V y = probability.template operator()<lanes>(row, place);
                        store_or_add<lanes>(IsLogarithm ? V(delta - y * deltas) : V(y * (delta - deltas)),
                                            call.source_deltas[0].row(row) + place, call.adds[0]);
                    });
            });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
