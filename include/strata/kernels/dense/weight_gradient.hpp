// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/dense/forward.hpp>
#include <strata/kernels/product/batch_pieces.hpp>
#include <strata/setting.hpp>

#include <array>
#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// What the weight gradient reads: the stage's input [rows][inputs] and the loss's derivative by its sums
/// [rows][outputs], with room for a register behind the last element of both.
template <class T>
struct weight_gradient_buffers {
    const T* x;
    const T* delta;
    std::size_t rows;
    batch_pieces pieces = batch_pieces::whole(rows, rows); ///< of the rows
    T* waiting = nullptr; ///< this thread's memory for sums of pieces, each a `piece_tile`
};

namespace internal {
struct all_rows {};

// A register of a row's derivatives. A last panel that is not full gets zeros for the columns that it lacks.
template <class Layout, bool HasLast, class V, class T>
[[gnu::always_inline]] inline V load_panel(const T* numbers, bool is_last) noexcept {
    if constexpr (HasLast) {
        if (is_last)
            return load_first_of_more<Layout::last, V>(numbers);
    }
    return V::load_unaligned(numbers);
}

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

// A tile's sums over pieces, which wait for others.
template <class V, std::size_t Inputs, std::size_t Panels>
struct tile_stack {
    using T = value_type_of<V>;
    static_assert(Inputs * Panels * V::size <= piece_tile<T>);
    T* memory;
    std::size_t count = 0;

    [[nodiscard]] auto* numbers(std::size_t node, std::size_t input, std::size_t q) const noexcept {
        return memory + ((node * Inputs + input) * Panels + q) * V::size;
    }
    /// Adds the last ones that wait.
    [[gnu::always_inline]] void merge(tile_sums<V, Inputs, Panels>& sums, std::size_t merges) noexcept {
        for (; merges > 0; --merges) {
            --count;
#pragma GCC unroll 16
            for (std::size_t i = 0; i < Inputs; ++i)
#pragma GCC unroll 4
                for (std::size_t q = 0; q < Panels; ++q)
                    sums.registers[i][q] = V::load_aligned(numbers(count, i, q)) + sums.registers[i][q];
        }
    }
    [[gnu::always_inline]] void push(const tile_sums<V, Inputs, Panels>& sums) noexcept {
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Inputs; ++i)
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Panels; ++q)
                sums.registers[i][q].store_aligned(numbers(count, i, q));
        ++count;
    }
};

// The gradients of Inputs x Panels registers of weights: summed over the rows in registers and handed to
// `use` from there, or by way of the first cache, so that a gradient never reaches memory. `rows` are those
// that are not zero in all of these inputs, as bits; without them all rows count.
//
// An update divides, takes a root and waits for memory, where a product does nothing but multiply and add.
// So `Waits` does both side by side: while the rows of this tile are added, the gradients of the tile before
// are handed on, and the weights of this one are asked for.
template <class Head, std::size_t Inputs, std::size_t Panels, bool Last, bool Waits, class T, class Waiting,
          class Use, class Rows>
void weight_gradient_tile(const weight_gradient_buffers<T>& buffers, std::size_t input, std::size_t panel,
                          [[maybe_unused]] Waiting& waiting, const Use& given_use, Rows rows) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    using V = typename layout::vector;
    constexpr std::size_t K = Head::inputs;
    constexpr std::size_t N = Head::outputs;
    const Use use = given_use; // of a copy the compiler knows that no store changes it
    const T* x = buffers.x + input;
    const T* delta = buffers.delta + panel * layout::lanes;
    const std::size_t place = (panel * K + input) * layout::lanes;
    tile_sums<V, Inputs, Panels> sums;
    const auto left = [=](std::size_t i, std::size_t row) { return x[row * K + i]; };
    const auto right = [=](std::size_t q, std::size_t row) {
        return load_panel<layout, Last, V>(delta + row * N + q * layout::lanes, q + 1 == Panels);
    };
    const std::size_t piece_count = buffers.pieces.count;
    const std::size_t words = nonzero::words_for(buffers.pieces.range(0).end);
    std::size_t count = buffers.rows;
    if constexpr (Waits && !std::is_same_v<Rows, all_rows>)
        count = nonzero::count_set(rows, piece_count * words);
    constexpr std::size_t steps = tile_rows<V>;
    [[maybe_unused]] const std::size_t stride = std::max<std::size_t>(1, count / steps);
    [[maybe_unused]] std::size_t rest = stride;
    [[maybe_unused]] std::size_t step = 0;
    const auto visit = [&](std::size_t row) __attribute__((always_inline)) {
        contract_one<Inputs, Panels>(sums, row, left, right);
        if constexpr (Waits)
            if (--rest == 0) {
                rest = stride;
                if constexpr (requires { use.fetch(place); })
                    if (step < Inputs)
#pragma GCC unroll 4
                        for (std::size_t q = 0; q < Panels; ++q)
                            use.fetch(place + (q * K + step) * layout::lanes);
                waiting.hand_on(step++, use);
            }
    };
    tile_stack<V, Inputs, Panels> stack{buffers.waiting};
    for (std::size_t piece = 0;;) {
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Inputs; ++i)
#pragma GCC unroll 4
            for (std::size_t q = 0; q < Panels; ++q)
                sums.registers[i][q] = V(T(0));
        const team::range own = buffers.pieces.range(piece);
        if constexpr (std::is_same_v<Rows, all_rows>)
            for (std::size_t row = own.begin; row < own.end; ++row)
                visit(row);
        else
            nonzero::visit_set(
                rows + piece * words,
                words, [&](std::size_t bit) __attribute__((always_inline)) { visit(own.begin + bit); });
        if (piece_count == 1)
            break;
        stack.merge(sums, buffers.pieces.merges(piece));
        if (++piece == piece_count)
            break;
        stack.push(sums);
    }
    [[maybe_unused]] bool hands_on = true;
    if constexpr (Waits) {
        for (; step < waiting.count; ++step)
            waiting.hand_on(step, use);
        hands_on = count < steps; // Few rows leave no time for anything beside them.
        waiting.count = hands_on ? 0 : Inputs;
        waiting.place = place + stack.count * buffers.pieces.stride;
        waiting.panel_step = K * layout::lanes;
    }
    for (std::size_t node = 0; node < stack.count; ++node)
        for (std::size_t q = 0; q < Panels; ++q)
            for (std::size_t i = 0; i < Inputs; ++i)
                use(place + node * buffers.pieces.stride + (q * K + i) * layout::lanes,
                    V::load_aligned(stack.numbers(node, i, q)));
#pragma GCC unroll 16
    for (std::size_t q = 0; q < Panels; ++q)
#pragma GCC unroll 16
        for (std::size_t i = 0; i < Inputs; ++i) {
            if constexpr (Waits)
                if (!hands_on) {
                    waiting.sums[i][q] = sums.registers[i][q];
                    continue;
                }
            use(place + stack.count * buffers.pieces.stride + (q * K + i) * layout::lanes,
                sums.registers[i][q]);
        }
}

// Sums over the rows of Count registers: `add(sums, rows)` adds those of one piece, and `use(place,
// register)` gets the results, `step` places apart.
template <std::size_t Count, class V, class T, class Add, class Use>
void sum_registers(const weight_gradient_buffers<T>& buffers, const Add& add, const Use& use) noexcept {
    tile_sums<V, 1, Count> sums;
    tile_stack<V, 1, Count> stack{buffers.waiting};
    const std::size_t piece_count = buffers.pieces.count;
    for (std::size_t piece = 0; piece < piece_count; ++piece) {
        if (piece > 0)
            stack.push(sums);
        for (V& sum : sums.registers[0])
            sum = V(T(0));
        add(sums.registers[0], buffers.pieces.range(piece));
        if (piece_count > 1)
            stack.merge(sums, buffers.pieces.merges(piece));
    }
    for (std::size_t node = 0; node < stack.count; ++node)
        for (std::size_t q = 0; q < Count; ++q)
            use(q, node * buffers.pieces.stride, V::load_aligned(stack.numbers(node, 0, q)));
    for (std::size_t q = 0; q < Count; ++q)
        use(q, stack.count * buffers.pieces.stride, sums.registers[0][q]);
}

// The gradients of some panels of the bias: the sums of delta's columns.
template <class Head, std::size_t Panels, bool Last, class T, class Use>
void bias_gradient_tile(const weight_gradient_buffers<T>& buffers, std::size_t panel,
                        const Use& use) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    using V = typename layout::vector;
    sum_registers<Panels, V>(
        buffers,
        [&](V(&sums)[Panels], team::range rows) {
            for (std::size_t row = rows.begin; row < rows.end; ++row)
                for (std::size_t q = 0; q < Panels; ++q)
                    sums[q] += load_panel<layout, Last, V>(
                        buffers.delta + row * Head::outputs + (panel + q) * layout::lanes, q + 1 == Panels);
        },
        [&](std::size_t q, std::size_t node, V sum) { use(node + (panel + q) * layout::lanes, sum); });
}

// Where there is one output, a register holds the weights of neighbouring inputs, and each row adds its x
// times one number. Behind the last input a register's gradients must be zero, since x goes on with the next
// row.
template <class Head, class T, class UseKernel, class UseBias>
void dot_weight_gradient(const weight_gradient_buffers<T>& buffers, const UseKernel& use_kernel,
                         const UseBias& use_bias) noexcept {
    using layout = weight_layout<T, Head::inputs, 1>;
    using V = typename layout::vector;
    constexpr std::size_t K = Head::inputs;
    constexpr std::size_t registers = layout::kernel_size / layout::lanes;
    constexpr std::size_t many = std::min<std::size_t>(registers, 8);
    visit_runs<many, registers % many>(0, registers, [&](auto run, std::size_t first) {
        constexpr std::size_t wide = decltype(run)::value;
        sum_registers<wide, V>(
            buffers,
            [&](V(&sums)[wide], team::range rows) {
                for (std::size_t row = rows.begin; row < rows.end; ++row) {
                    const V delta(buffers.delta[row]);
                    for (std::size_t q = 0; q < wide; ++q)
                        sums[q] = xsimd::fma(
                            delta, V::load_unaligned(buffers.x + row * K + (first + q) * layout::lanes),
                            sums[q]);
                }
            },
            [&](std::size_t q, std::size_t node, V sum) {
                const bool filled = first + q + 1 < registers;
                use_kernel(node + (first + q) * layout::lanes, filled ? sum : first_lanes<layout::last>(sum));
            });
    });
    if constexpr (Head::has_bias)
        add_pieces(buffers.pieces,
                   [&](team::range rows) {
                       T sum = 0;
                       for (std::size_t row = rows.begin; row < rows.end; ++row)
                           sum += buffers.delta[row];
                       return sum;
                   })
            .hand_on([&](std::size_t place, T sum) { use_bias(place, first_lanes<1>(V(sum))); }, 0,
                     buffers.pieces.stride);
}
} // namespace internal

/// dW = x^T delta and db = the sum of delta's rows, for this thread's part of the weights. `use_kernel(place,
/// g)` and `use_bias(place, g)` take each register of gradients with its place in the weights' own layout: an
/// optimizer's update, or a plain store where somebody asked for the gradient. `Data` as in `dense_forward`.
template <class Head, bool Data, class T, class UseKernel, class UseBias>
void dense_weight_gradient(const weight_gradient_buffers<T>& buffers, const team& threads,
                           const UseKernel& use_kernel, const UseBias& use_bias) noexcept {
    using layout = weight_layout<T, Head::inputs, Head::outputs>;
    if constexpr (layout::is_dot) {
        if (threads.rank == 0)
            internal::dot_weight_gradient<Head>(buffers, use_kernel, use_bias);
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
        const std::size_t words = buffers.pieces.count * nonzero::words_for(buffers.pieces.range(0).end);
        [[maybe_unused]] std::array<std::uint64_t, sparse ? nonzero::most_words : 1> sets;
        [[maybe_unused]] bool searched = false;
        if constexpr (sparse) {
            searched = (K + tall - 1) / tall * words <= nonzero::most_words;
            for (std::size_t piece = 0; searched && piece < buffers.pieces.count; ++piece) {
                const team::range rows = buffers.pieces.range(piece);
                nonzero::rows_of<tall, K>(buffers.x + rows.begin * K, rows.end - rows.begin,
                                          sets.data() + words / buffers.pieces.count * piece, words);
            }
        }
        constexpr std::size_t widest = std::min(tile_panels, layout::panels);
        visit_runs<widest,
                   layout::panels % widest>(panels.begin, panels.end, [&](auto run, std::size_t panel) {
            constexpr std::size_t wide = decltype(run)::value;
            const bool last = !filled && panel + wide == layout::panels;
            const auto add_panels = [&](auto is_last) {
                constexpr bool waits = internal::gradients_wait<T, layout::kernel_size, wide>;
                internal::waiting_gradients<V, std::min(tall, K), wide> waiting;
                visit_runs<std::min(tall, K), K % std::min(tall, K)>(
                    inputs.begin, inputs.end, [&](auto high, std::size_t input) {
                        const auto add_rows = [&](auto rows) {
                            internal::weight_gradient_tile<Head, decltype(high)::value, wide, is_last, waits>(
                                buffers, input, panel, waiting, use_kernel, rows);
                        };
                        if constexpr (sparse) {
                            const std::uint64_t* const set = sets.data() + input / tall * words;
                            if (searched && nonzero::is_sparse(set, words, buffers.rows)) {
                                add_rows(set);
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
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
