// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/derivative.hpp>
#include <strata/expression/type_of.hpp>
#include <strata/kernels/formula/evaluate.hpp>
#include <strata/kernels/head_kernels.hpp>
#include <strata/layers/concat.hpp>
#include <strata/layers/merge.hpp>
#include <strata/setting.hpp>

#include <algorithm>

namespace strata::bedrock::inline STRATA_SETTING {

/// Merges of equal shapes: a formula of the parts, element by element.
template <class Layer, std::size_t Rows, std::size_t Width, std::size_t Parts>
struct head_kernels<merging<Layer, Rows, Width, Parts>> : head_kernels_base {
    using head = merging<Layer, Rows, Width, Parts>;

private:
    template <class V, std::size_t Lanes, class T, std::size_t... I>
    static auto load_parts([[maybe_unused]] const rows_view<const T>* x, [[maybe_unused]] std::size_t row,
                           [[maybe_unused]] std::size_t column, std::index_sequence<I...>) noexcept {
        return environment<binding<type_of<part<static_cast<int>(I)>>, V>...>{
            {load_first<Lanes, V>(x[I].row(row) + column)}...};
    }

public:
    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const team::range mine = threads.share(call.samples * Rows);
        using V = simd<T, lanes_of<T, Width>>;
        for (std::size_t row = mine.begin; row < mine.end; ++row)
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                const auto values =
                    load_parts<V, lanes>(call.x, row, column, std::make_index_sequence<Parts>{});
                writer.template put<lanes>(V(evaluate<V>(frozen<head::formula>, values)), row, column);
            });
        return threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        const team::range mine = threads.share(call.samples * Rows);
        using V = simd<T, lanes_of<T, Width>>;
        for_each_index<Parts>([&](auto index) {
            constexpr std::size_t i = index;
            if (call.source_deltas[i].data == nullptr)
                return;
            constexpr auto slope = derivative(frozen<head::formula>, part<static_cast<int>(i)>);
            for (std::size_t row = mine.begin; row < mine.end; ++row)
                visit_columns<Width, T>([&](auto count, std::size_t column) {
                    constexpr std::size_t lanes = decltype(count)::value;
                    const auto values = load_parts<V, lanes>(
                        call.x, row, column, std::make_index_sequence < head::reads_back ? Parts : 0 > {});
                    store_or_add<lanes>(
                        V(evaluate<V>(slope, values) * load_first<lanes, V>(call.delta.row(row) + column)),
                        call.source_deltas[i].row(row) + column, call.adds[i]);
                });
        });
    }
};

/// Concatenations. A part that was made in its place is not copied.
template <std::size_t Rows, std::size_t... Widths>
struct head_kernels<concatenation<Rows, Widths...>> : head_kernels_base {
    using head = concatenation<Rows, Widths...>;

    template <class Stage, keeping, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail&) noexcept {
        static_assert(Stage::tail::is_identity);
        const team::range mine = threads.share(call.samples * Rows);
        for (std::size_t i = 0; i < head::parts; ++i) {
            if (call.x[i].data == call.y.data + head::offsets[i])
                continue;
            for (std::size_t row = mine.begin; row < mine.end; ++row)
                std::copy_n(call.x[i].row(row), head::widths[i], call.y.row(row) + head::offsets[i]);
        }
        return threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        const team::range mine = threads.share(call.samples * Rows);
        for (std::size_t i = 0; i < head::parts; ++i) {
            if (call.source_deltas[i].data == nullptr)
                continue;
            for (std::size_t row = mine.begin; row < mine.end; ++row) {
                const T* const delta = call.delta.row(row) + head::offsets[i];
                T* const source_delta = call.source_deltas[i].row(row);
                if (call.adds[i])
                    std::transform(source_delta, source_delta + head::widths[i], delta, source_delta,
                                   [](T a, T b) { return a + b; });
                else
                    std::copy_n(delta, head::widths[i], source_delta);
            }
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
