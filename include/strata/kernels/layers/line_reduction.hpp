// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/layers/line_walk.hpp>
#include <strata/layers/reduction.hpp>
#include <strata/setting.hpp>

namespace strata::bedrock::inline STRATA_SETTING {

/// Reductions along axes.
template <std::size_t Outer, std::size_t Count, std::size_t Inner, reduced Kind>
struct head_kernels<line_reduction<Outer, Count, Inner, Kind>> : head_kernels_base {
private:
    using walk = internal::line_walk<Outer, Count, Inner>;
    static constexpr bool is_row = walk::is_row;
    static constexpr bool is_extreme = Kind == reduced::largest || Kind == reduced::smallest;
    template <class T>
    using vector = typename walk::template vector<T>;

    template <class V>
    static V join(V a, V b) noexcept {
        if constexpr (Kind == reduced::largest)
            return internal::larger(a, b);
        else if constexpr (Kind == reduced::smallest)
            return internal::smaller(a, b);
        else
            return a + b;
    }

    /// The results of some lines, in all lanes that of the one line.
    template <class V, class Lanes>
    static V reduce(rows_view<const value_type_of<V>> x, Lanes count, std::size_t line,
                    std::size_t column) noexcept {
        using T = value_type_of<V>;
        // A line's first number stands for lanes that are none of its own, where zeros would not do.
        const V first(is_extreme && is_row ? *x.row(line) : T(0));
        V result = first;
        bool is_begun = is_row || !is_extreme;
        walk::template places<T>(count, line, column, [&](auto some, std::size_t row, std::size_t place) {
            constexpr std::size_t lanes = decltype(some)::value;
            V value = load_first<lanes, V>(x.row(row) + place);
            if constexpr (is_extreme && is_row && lanes < V::size)
                value = xsimd::select(lane_numbers<V>() < V(T(lanes)), value, first);
            result = is_begun ? join(result, value) : value;
            is_begun = true;
        });
        if constexpr (is_row) {
            if constexpr (is_extreme) {
                alignas(alignment) T values[V::size];
                result.store_aligned(values);
                for (const T each : values)
                    values[0] = join(values[0], each);
                result = V(values[0]);
            } else
                result = V(internal::add_lanes(result));
        }
        if constexpr (Kind == reduced::mean)
            result /= V(static_cast<T>(Count));
        return result;
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = vector<T>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        walk::template lines<T>(threads, call.samples, [&](auto count, std::size_t line, std::size_t column) {
            constexpr std::size_t lines = decltype(count)::value;
            writer.template put<lines>(reduce<V>(call.x[0], count, line, column), line, column);
        });
        return threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using V = vector<T>;
        walk::template lines<T>(threads, call.samples, [&](auto count, std::size_t line, std::size_t column) {
            constexpr std::size_t lines = decltype(count)::value;
            const T* const source = call.delta.row(line) + column;
            V delta = is_row ? V(*source) : load_first<lines, V>(source);
            if constexpr (Kind == reduced::mean)
                delta /= V(static_cast<T>(Count));
            V extreme(T(0));
            if constexpr (is_extreme) {
                extreme = reduce<V>(call.x[0], count, line, column);
                V ties(T(0));
                walk::template places<T>(
                    count, line, column, [&](auto some, std::size_t row, std::size_t place) {
                        constexpr std::size_t lanes = decltype(some)::value;
                        const V x = load_first<lanes, V>(call.x[0].row(row) + place);
                        ties += first_lanes<lanes>(V(xsimd::select(x == extreme, V(T(1)), V(T(0)))));
                    });
                if constexpr (is_row)
                    ties = V(internal::add_lanes(ties));
                delta /= ties;
            }
            walk::template places<T>(count, line, column, [&](auto some, std::size_t row, std::size_t place) {
                constexpr std::size_t lanes = decltype(some)::value;
                V result = delta;
                if constexpr (is_extreme) {
                    const V x = load_first<lanes, V>(call.x[0].row(row) + place);
                    result = xsimd::select(x == extreme, delta, V(T(0)));
                }
                store_or_add<lanes>(result, call.source_deltas[0].row(row) + place, call.adds[0]);
            });
        });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
