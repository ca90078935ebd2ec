// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/column_gradients.hpp>
#include <strata/kernels/dense/forward.hpp>
#include <strata/kernels/dense/packed_weight_gradient.hpp>
#include <strata/kernels/dense/piece_tiles.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Whether the gradients of a tile wait for the next tile's product: where the weights and what an optimizer
/// keeps of them fill the first cache many times over.
template <class T, std::size_t Weights, std::size_t Panels>
inline constexpr bool gradients_wait = Panels == tile_panels&& Weights * sizeof(T) >= (32u << 10);

/// A tile's gradients, Inputs x Panels registers, that have not been handed on yet.
template <class V, std::size_t Inputs, std::size_t Panels>
struct waiting_gradients {
    V sums[Inputs][Panels];
    std::size_t count = 0; ///< inputs of the tile
    std::size_t place;     ///< of its first register among the weights
    std::size_t panel_step;

    /// Hands on those of one input.
    template <class Use>
    [[gnu::always_inline]] void hand_on(std::size_t input, const Use& use) const noexcept {
        if (input < count)
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Panels; ++q)
                use(place + q * panel_step + input * V::size, V(sums[input][q]));
    }
};

// Words of the bits of all rows, of which each piece begins with a word.
[[nodiscard]] constexpr std::size_t words_of_rows(const batch_pieces& pieces) noexcept {
    const std::size_t last = pieces.count - 1;
    return last * nonzero::words_for(pieces.length) +
           nonzero::words_for(pieces.samples - last * pieces.length);
}

// The gradients of Inputs x Panels registers of weights: summed over the rows in registers and handed to
// `use` from there, or by way of the first cache, so that a gradient never reaches memory. `rows` are those
// that are not zero in all of these inputs; without them all rows count.
//
// An update divides, takes a root and waits for memory, where a product does nothing but multiply and add.
// So `Waits` does both side by side: while the rows of this tile are added, the gradients of the tile before
// are handed on, and the weights of this one are asked for.
//
// `Merges` says how the sums of pieces are added; a batch of `one_piece` has code of its own, which that of
// others would slow down.
template <class Head, std::size_t Inputs, std::size_t Panels, bool Last, bool Waits, class T, class Waiting,
          class Use, class Rows, class Merges>
void weight_gradient_tile(const weight_gradient_buffers<T>& buffers, std::size_t input, std::size_t panel,
                          [[maybe_unused]] Waiting& waiting, const Use& given_use, Rows rows,
                          [[maybe_unused]] const Merges& merges) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    using V = typename layout::vector;
    constexpr std::size_t K = Head::inputs;
    constexpr std::size_t N = Head::outputs;
    const Use use = given_use; // of a copy the compiler knows that no store changes it
    constexpr bool is_one = std::is_same_v<Merges, one_piece>;
    const T* x = buffers.x + input;
    const T* delta = buffers.delta + panel * layout::lanes;
    std::size_t place = (panel * K + input) * layout::lanes;
    tile_sums<V, Inputs, Panels> sums;
    clear(sums);
    const auto left = [&](std::size_t i, std::size_t row) { return x[row * K + i]; };
    const auto right = [&](std::size_t q, std::size_t row) {
        return load_panel<layout, Last, V>(delta + row * N + q * layout::lanes, q + 1 == Panels);
    };
    [[maybe_unused]] tile_stack<V, Inputs, Panels> stack{buffers.waiting};
    const auto visit_piece = [&](const auto& visit, std::size_t count) __attribute__((always_inline)) {
        if constexpr (std::is_same_v<Rows, all_rows>)
            for (std::size_t row = 0; row < count; ++row)
                visit(row);
        else
            nonzero::visit_set(rows.bits, nonzero::words_for(count), visit);
    };
    const auto visit_rows = [&](const auto& visit) __attribute__((always_inline)) {
        if constexpr (is_one)
            visit_piece(visit, buffers.rows);
        else {
            std::size_t rest = buffers.rows;
            for (std::size_t piece = 0;; ++piece) {
                const std::size_t count = std::min(rest, buffers.pieces.length);
                visit_piece(visit, count);
                stack.merge(sums, merges(piece));
                rest -= count;
                if (rest == 0)
                    break;
                stack.push(sums);
                clear(sums);
                x += count * K;
                delta += count * N;
                if constexpr (!std::is_same_v<Rows, all_rows>)
                    rows.bits += nonzero::words_for(count);
            }
        }
    };
    [[maybe_unused]] bool hands_on = true;
    if constexpr (Waits) {
        constexpr std::size_t steps = tile_rows<V>;
        std::size_t count = buffers.rows;
        if constexpr (!std::is_same_v<Rows, all_rows>)
            count = rows.count;
        const std::size_t stride = std::max<std::size_t>(1, count / steps);
        std::size_t rest = stride;
        std::size_t step = 0;
        visit_rows([&](std::size_t row) __attribute__((always_inline)) {
            contract_one<Inputs, Panels>(sums, row, left, right);
            if (--rest == 0) {
                rest = stride;
                if constexpr (requires { use.fetch(place); })
                    if (step < Inputs)
#pragma GCC unroll 4
                        for (std::size_t q = 0; q < Panels; ++q)
                            use.fetch(place + (q * K + step) * layout::lanes);
                waiting.hand_on(step++, use);
            }
        });
        for (; step < waiting.count; ++step)
            waiting.hand_on(step, use);
        hands_on = count < steps; // Few rows leave no time for anything beside them.
        waiting.count = hands_on ? 0 : Inputs;
        waiting.panel_step = K * layout::lanes;
    } else
        visit_rows([&](std::size_t row) __attribute__((always_inline)) {
            contract_one<Inputs, Panels>(sums, row, left, right);
        });
    if constexpr (!is_one) {
        const std::size_t stride = buffers.pieces.stride;
        place += stride * stack.hand_on([&](std::size_t node, std::size_t i, std::size_t q, V sum) {
            use(place + node * stride + (q * K + i) * layout::lanes, sum);
        });
    }
    if constexpr (Waits)
        waiting.place = place;
#pragma GCC unroll 16
    for (std::size_t q = 0; q < Panels; ++q)
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Inputs; ++i) {
            if constexpr (Waits)
                if (!hands_on) {
                    waiting.sums[i][q] = sums.registers[i][q];
                    continue;
                }
            use(place + (q * K + i) * layout::lanes, sums.registers[i][q]);
        }
}
} // namespace internal

/// dW = x^T delta and db = the sum of delta's rows, for this thread's part of the weights. `use_kernel(place,
/// g)` and `use_bias(place, g)` take each register of gradients with its place in the weights' own layout: an
/// optimizer's update, or a plain store where somebody asked for the gradient. `Data` as in `dense_forward`.
/// Where `use_kernel.last()` names places, their registers are handed on behind all others, as far as they
/// fill tiles, and `use_kernel.begin_last(places)` is told before which these are.
template <class Head, bool Data, class T, class UseKernel, class UseBias>
void dense_weight_gradient(const weight_gradient_buffers<T>& buffers, const team& threads,
                           const UseKernel& use_kernel, const UseBias& use_bias) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    if constexpr (layout::is_dot) {
        if (threads.rank == 0)
            internal::dot_weight_gradient<Head>(buffers, use_kernel, use_bias);
    } else if constexpr (internal::packed_weight_gradient<Head, T>::exists) {
        using packed = internal::packed_weight_gradient<Head, T>;
        packed::run(buffers, threads.share(packed::registers, packed::most), use_kernel);
        if constexpr (Head::has_bias)
            if (threads.rank == 0)
                internal::bias_gradient_tile<Head, 1, layout::last != layout::lanes>(buffers, 0, use_bias);
    } else {
        using V = typename layout::vector;
        constexpr bool filled = layout::last == layout::lanes;
        constexpr std::size_t K = Head::inputs;
        constexpr std::size_t tall = tile_rows<V>;
        // By panels where there are enough, as in the forward product, so that a thread meets the same
        // weights in both; else by inputs.
        const bool by_panels = layout::panels >= tile_panels * threads.size;
        const team::range panels =
            by_panels ? threads.share(layout::panels, tile_panels) : team::range{0, layout::panels};
        const team::range inputs = by_panels ? team::range{0, K} : threads.share(K, tall);
        constexpr bool sparse = Data && nonzero::is_worthwhile<K, layout::panels>;
        const std::size_t words = internal::words_of_rows(buffers.pieces);
        const internal::piece_merges merges(buffers.pieces);
        [[maybe_unused]] std::array<std::uint64_t, sparse ? nonzero::most_words : 1> sets;
        [[maybe_unused]] bool searched = false;
        if constexpr (sparse) {
            constexpr std::size_t blocks = (K + tall - 1) / tall;
            searched = blocks * words <= nonzero::most_words;
            if (searched) {
                std::fill_n(sets.data(), blocks * words, std::uint64_t{0});
                std::uint64_t* own = sets.data();
                for (std::size_t piece = 0; piece < buffers.pieces.count; ++piece) {
                    const team::range rows = buffers.pieces.range(piece);
                    nonzero::rows_of<tall, K>(buffers.x + rows.begin * K, rows.end - rows.begin, own, words);
                    own += nonzero::words_for(buffers.pieces.length);
                }
            }
        }
        constexpr std::size_t widest = std::min(tile_panels, layout::panels);
        const auto visit_panels = [&](team::range some) {
            visit_runs<widest, layout::panels % widest>(
                some.begin, some.end, [&](auto run, std::size_t panel) {
                    constexpr std::size_t wide = decltype(run)::value;
                    const bool last = !filled && panel + wide == layout::panels;
                    const auto add_panels = [&](auto is_last) {
                        constexpr bool waits = internal::gradients_wait<T, layout::kernel_size, wide>;
                        internal::waiting_gradients<V, std::min(tall, K), wide> waiting;
                        visit_runs<std::min(tall, K), K % std::min(tall, K)>(
                            inputs.begin, inputs.end, [&](auto high, std::size_t input) {
                                const auto add_rows = [&](auto rows) {
                                    const auto add_pieces = [&](const auto& how) {
                                        internal::weight_gradient_tile<Head, decltype(high)::value, wide,
                                                                       is_last, waits>(
                                            buffers, input, panel, waiting, use_kernel, rows, how);
                                    };
                                    if (buffers.pieces.count == 1)
                                        add_pieces(internal::one_piece{});
                                    else
                                        add_pieces(merges);
                                };
                                if constexpr (sparse) {
                                    const std::uint64_t* const set = sets.data() + input / tall * words;
                                    const std::size_t count = searched ? nonzero::count_set(set, words) : 0;
                                    if (searched && nonzero::is_sparse(count, buffers.rows)) {
                                        add_rows(internal::some_rows{set, count});
                                        return;
                                    }
                                }
                                add_rows(internal::all_rows{});
                            });
                        if constexpr (waits)
                            for (std::size_t input = 0; input < waiting.count; ++input)
                                waiting.hand_on(input, use_kernel);
                        if constexpr (Head::has_bias)
                            if (by_panels || threads.rank == 0)
                                internal::bias_gradient_tile<Head, wide, is_last>(buffers, panel, use_bias);
                    };
                    if constexpr (filled)
                        add_panels(std::false_type{});
                    else if (last)
                        add_panels(std::true_type{});
                    else if constexpr (layout::panels > 1)
                        add_panels(std::false_type{});
                });
        };
        if constexpr (requires { use_kernel.last(); }) {
            // Whole tiles of the places that are to come last.
            constexpr std::size_t tile = widest * K * layout::lanes;
            const team::range places = by_panels ? use_kernel.last() : team::range{0, 0};
            const team::range last{
                std::clamp((places.begin + tile - 1) / tile * widest, panels.begin, panels.end),
                std::clamp(places.end / tile * widest, panels.begin, panels.end)};
            const bool has_last = last.begin < last.end;
            const std::array<team::range, 3> parts{
                team::range{panels.begin, has_last ? last.begin : panels.end},
                team::range{has_last ? last.end : panels.end, panels.end}, last};
            for (std::size_t part = 0; part < (has_last ? 3u : 1u); ++part) {
                if (part == 2)
                    use_kernel.begin_last({last.begin * K * layout::lanes, last.end * K * layout::lanes});
                visit_panels(parts[part]);
            }
        } else
            visit_panels(panels);
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
