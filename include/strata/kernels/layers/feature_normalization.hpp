// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/layers/feature_normalization.hpp>
#include <strata/setting.hpp>

#include <algorithm>

namespace strata::bedrock::inline STRATA_SETTING {

/// Normalization by known statistics. A deviation is computed once for a block of rows.
template <std::size_t Rows, class Statistics, std::size_t Width>
struct head_kernels<feature_normalization<Rows, Statistics, Width>> : head_kernels_base {
    using head = feature_normalization<Rows, Statistics, Width>;

private:
    static constexpr std::size_t block = 64;

    /// Of the columns of a register: the means, and one over the deviations.
    template <class V>
    struct moments {
        V mean;
        V factor;
    };
    template <class V>
    static moments<V> moments_of(const value_type_of<V>* parameters, std::size_t column) noexcept {
        using T = value_type_of<V>;
        const auto read = [&](const T* statistic) {
            if constexpr (Statistics::size == 1)
                return V(*statistic);
            else
                return V::load_unaligned(statistic + column);
        };
        const V deviation =
            internal::lift(internal::square_root(read(array_of<head>(parameters, typename head::variance{}))),
                           V(static_cast<T>(head::least_deviation)));
        return {read(array_of<head>(parameters, typename head::mean{})), V(T(1)) / deviation};
    }

    /// Calls use(count, row, column, moments) for the registers of this thread's rows.
    template <class T, class Use>
    static void visit(const T* parameters, std::size_t rows, const team& threads, Use use) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        const team::range mine = threads.share(rows);
        for (std::size_t first = mine.begin; first < mine.end; first += block) {
            const std::size_t end = std::min(first + block, mine.end);
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                const moments<V> of_columns = moments_of<V>(parameters, column);
                for (std::size_t row = first; row < end; ++row)
                    use(count, row, column, of_columns);
            });
        }
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        visit(call.parameters, call.samples * Rows, threads,
              [&]<class V>(auto count, std::size_t row, std::size_t column, const moments<V>& of_columns) {
                  constexpr std::size_t lanes = decltype(count)::value;
                  const V x = load_first<lanes, V>(call.x[0].row(row) + column);
                  writer.template put<lanes>(V((x - of_columns.mean) * of_columns.factor), row, column);
              });
        return threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        visit(call.parameters, call.samples * Rows, threads,
              [&]<class V>(auto count, std::size_t row, std::size_t column, const moments<V>& of_columns) {
                  constexpr std::size_t lanes = decltype(count)::value;
                  const V delta = load_first<lanes, V>(call.delta.row(row) + column);
                  store_or_add<lanes>(V(delta * of_columns.factor), call.source_deltas[0].row(row) + column,
                                      call.adds[0]);
              });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
