// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/product/contract.hpp>
#include <strata/kernels/product/transpose.hpp>
#include <strata/layers/unembedding.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Products with a table as it rests for lookups, token after token. The way forward needs the numbers of
/// neighbouring tokens side by side, so it transposes a few panels of tokens at a time into memory of the
/// thread and multiplies all rows with them; both ways back read the table as it is. Sums run in ascending
/// order whatever a thread's part is, so neither threads nor streams change a bit.
template <std::size_t Vocabulary, std::size_t Width, class Table>
struct head_kernels<table_product<Vocabulary, Width, Table>> : head_kernels_base {
    using head = table_product<Vocabulary, Width, Table>;
    using embeddings = typename head::embeddings;

private:
    template <class T>
    static constexpr std::size_t stored =
        array_layout<T, row_storage<Width>, typename embeddings::shape>::stored;

    // Numbers that lie side by side as registers.
    template <class T, std::size_t Count>
    struct line {
        static constexpr std::size_t lanes = lanes_of<T, Count>;
        using vector = simd<T, lanes>;
        static constexpr std::size_t panels = (Count + lanes - 1) / lanes;
        static constexpr std::size_t last = (Count - 1) % lanes + 1;
        static constexpr std::size_t wide = std::min(tile_panels, panels);
    };
    template <class T>
    using tokens = line<T, Vocabulary>;
    template <class T>
    using features = line<T, Width>;
    // Panels that are transposed at a time.
    template <class T>
    static constexpr std::size_t strip_panels = std::min(single_row_panels, tokens<T>::panels);

public:
    template <class T>
    static constexpr std::size_t forward_scratch_size = strip_panels<T>* Width* tokens<T>::lanes;
    template <class T>
    static constexpr std::size_t scratch_size = forward_scratch_size<T>;

    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        constexpr std::size_t panels = tokens<T>::panels;
        constexpr std::size_t wide = strip_panels<T>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        // A softmax needs whole rows, and few panels leave threads idle.
        const bool by_panels = !Stage::is_closed && threads.size > 1 && panels >= wide * threads.size;
        const team::range samples =
            by_panels ? team::range{0, call.samples} : share_samples(threads, call.samples);
        const team::range mine = by_panels ? threads.share(panels, wide) : team::range{0, panels};
        visit_runs<wide, panels % wide>(mine.begin, mine.end, [&](auto run, std::size_t first) {
            constexpr std::size_t broad = decltype(run)::value;
            for (std::size_t q = 0; q < broad; ++q)
                transpose_panel(call, first + q, call.scratch + q * Width * tokens<T>::lanes);
            visit_runs<tile_rows<typename tokens<T>::vector>, 1>(
                samples.begin * Stage::rows, samples.end * Stage::rows, [&](auto rows, std::size_t row) {
                    constexpr std::size_t high = decltype(rows)::value;
                    constexpr std::size_t few = high == 1 ? broad : std::min(tile_panels, broad);
                    visit_runs<few, broad % few>(0, broad, [&](auto part, std::size_t panel) {
                        forward_tile<high, decltype(part)::value>(call, writer, row, first, panel);
                    });
                });
        });
        return !by_panels;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using line = features<T>;
        constexpr std::size_t tall = tile_rows<typename line::vector>;
        const T* const table = array_of<head>(call.parameters, embeddings{});
        const team::range mine = threads.share(call.samples * Stage::rows, tall);
        visit_runs<line::wide, line::panels % line::wide>(0, line::panels, [&](auto run, std::size_t panel) {
            visit_runs<tall, 1>(mine.begin, mine.end, [&](auto rows, std::size_t row) {
                const auto sums =
                    sum_tile<typename line::vector, decltype(rows)::value, decltype(run)::value>(
                        Vocabulary, [&](std::size_t i, std::size_t v) { return call.delta.row(row + i)[v]; },
                        [&](std::size_t q, std::size_t v) {
                            return line::vector::load_unaligned(table + v * stored<T> +
                                                                (panel + q) * line::lanes);
                        });
                visit_tile<line>(sums, panel, [&](auto count, auto sum, std::size_t i, std::size_t column) {
                    store_or_add<decltype(count)::value>(sum, call.source_deltas[0].row(row + i) + column,
                                                         call.adds[0]);
                });
            });
        });
    }

    static constexpr piece_adder adds_pieces = piece_adder::pass;

    template <class Stage, bool, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        using line = features<T>;
        using V = typename line::vector;
        constexpr std::size_t tall = std::min(tile_rows<V>, Vocabulary);
        const auto use = updates(embeddings{});
        const std::size_t first_row = call.piece.begin * Stage::rows;
        const std::size_t row_count = call.piece.end * Stage::rows - first_row;
        const team::range mine = threads.share(Vocabulary, tall);
        // The loop over features is the inner one, so that the derivatives by some tokens, which lie far
        // apart, come from the outer caches once.
        visit_runs<tall, 1>(mine.begin, mine.end, [&](auto high, std::size_t token) {
            visit_runs<line::wide, line::panels % line::wide>(
                0, line::panels, [&](auto run, std::size_t panel) {
                    const auto sums = sum_tile<V, decltype(high)::value, decltype(run)::value>(
                        row_count,
                        [&](std::size_t i, std::size_t row) {
                            return call.delta.row(first_row + row)[token + i];
                        },
                        [&](std::size_t q, std::size_t row) {
                            const T* const numbers =
                                call.x[0].row(first_row + row) + (panel + q) * line::lanes;
                            return panel + q + 1 < line::panels ? V::load_unaligned(numbers)
                                                                : load_first_of_more<line::last, V>(numbers);
                        });
                    visit_tile<line>(sums, panel, [&](auto, V sum, std::size_t i, std::size_t column) {
                        use((token + i) * stored<T> + column, sum);
                    });
                });
        });
    }

private:
    /// Writes some tokens' rows as [Width][lanes].
    template <class T>
    static void transpose_panel(const head_forward<T>& call, std::size_t panel, T* strip) noexcept {
        constexpr std::size_t side = tokens<T>::lanes;
        const T* const rows = array_of<head>(call.parameters, embeddings{}) + panel * side * stored<T>;
        const std::size_t count = std::min(side, Vocabulary - panel * side);
        for (std::size_t k = 0; k < Width; k += side)
            internal::copy_transposed<side>(rows + k, stored<T>, count, strip + k * side, side,
                                            std::min(side, Width - k));
    }

    template <std::size_t High, std::size_t Broad, class T, class Writer>
    static void forward_tile(const head_forward<T>& call, const Writer& writer, std::size_t row,
                             std::size_t first, std::size_t panel) noexcept {
        using line = tokens<T>;
        const T* const strip = call.scratch + panel * Width * line::lanes;
        const auto sums = sum_tile<typename line::vector, High, Broad>(
            Width, [&](std::size_t i, std::size_t k) { return call.x[0].row(row + i)[k]; },
            [&](std::size_t q, std::size_t k) {
                return line::vector::load_aligned(strip + (q * Width + k) * line::lanes);
            });
        visit_tile<line>(sums, first + panel, [&](auto count, auto sum, std::size_t i, std::size_t column) {
            writer.template put<decltype(count)::value>(sum, row + i, column);
        });
    }

    template <class V, std::size_t High, std::size_t Broad, class Left, class Right>
    static tile_sums<V, High, Broad> sum_tile(std::size_t depth, Left left, Right right) noexcept {
        tile_sums<V, High, Broad> sums;
#pragma GCC unroll 16
        for (std::size_t i = 0; i < High; ++i)
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Broad; ++q)
                sums.registers[i][q] = V(value_type_of<V>(0));
        contract<High, Broad>(sums, depth, left, right);
        return sums;
    }

    /// visit(count, register, row, column) for the registers of a tile, whose last may have fewer numbers.
    template <class Line, class V, std::size_t High, std::size_t Broad, class Visit>
    static void visit_tile(const tile_sums<V, High, Broad>& sums, std::size_t panel,
                           const Visit& visit) noexcept {
        for (std::size_t i = 0; i < High; ++i)
            for (std::size_t q = 0; q < Broad; ++q) {
                const std::size_t column = (panel + q) * Line::lanes;
                if (Line::last == Line::lanes || panel + q + 1 < Line::panels)
                    visit(internal::constant_size<Line::lanes>{}, sums.registers[i][q], i, column);
                else
                    visit(internal::constant_size<Line::last>{}, sums.registers[i][q], i, column);
            }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
