// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/product/column_sums.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// Walks through rows of `Width` numbers a few at a time, one register of columns behind the other: what
/// `read(column)` finds for the columns is read once for these rows. Calls use(count, row, column, found).
template <std::size_t Width, class V, class Read, class Use>
void walk_rows(team::range rows, const Read& read, const Use& use) noexcept {
    constexpr std::size_t block = 8;
    for (std::size_t first = rows.begin; first < rows.end; first += block) {
        const std::size_t end = std::min(first + block, rows.end);
        visit_row<Width, V>([&](auto count, std::size_t column) {
            const auto found = read(column);
            for (std::size_t row = first; row < end; ++row)
                use(count, row, column, found);
        });
    }
}

/// places[i][column] = the sums over `Count` rows of `Width` numbers, or these and what is there.
template <std::size_t Count, bool Adds, std::size_t Width, class V, std::size_t Sums, class Add>
[[gnu::always_inline]] inline void
sum_block(std::size_t begin, const std::array<value_type_of<V>*, Sums>& places, const Add& adder) noexcept {
    visit_row<Width, V>([&](auto count, std::size_t column) {
        std::array<V, Sums> sums;
        sums.fill(V(0));
#pragma GCC unroll 8
        for (std::size_t row = 0; row < Count; ++row)
            adder(sums, count, begin + row, column);
        for (std::size_t i = 0; i < Sums; ++i) {
            if constexpr (Adds)
                sums[i] += V::load_unaligned(places[i] + column);
            sums[i].store_unaligned(places[i] + column);
        }
    });
}

/// How many sums are added at most before their sum is added to others.
inline constexpr std::size_t sum_fan = 32;

/// The sums over so many blocks of `Block` rows. Above the lowest level those of `sum_fan` sums each are
/// added.
template <std::size_t Level, std::size_t Block, std::size_t Width, class V, std::size_t Sums, class Add>
void sum_blocks(std::size_t begin, std::size_t blocks, const std::array<value_type_of<V>*, Sums>& places,
                const Add& adder) noexcept {
    if constexpr (Level == 0) {
        sum_block<Block, false, Width, V>(begin, places, adder);
        for (std::size_t i = 1; i < blocks; ++i)
            sum_block<Block, true, Width, V>(begin + i * Block, places, adder);
    } else {
        constexpr std::size_t part = Level == 1 ? sum_fan : sum_fan * sum_fan;
        std::array<std::array<value_type_of<V>, Width + V::size>, Sums> memory;
        std::array<value_type_of<V>*, Sums> added;
        for (std::size_t i = 0; i < Sums; ++i)
            added[i] = memory[i].data();
        sum_blocks<Level - 1, Block, Width, V>(begin, std::min(part, blocks), places, adder);
        for (std::size_t i = part; i < blocks; i += part) {
            sum_blocks<Level - 1, Block, Width, V>(begin + i * Block, std::min(part, blocks - i), added,
                                                   adder);
            for (std::size_t sum = 0; sum < Sums; ++sum)
                visit_row<Width, V>([&](auto, std::size_t column) {
                    V(V::load_unaligned(places[sum] + column) + V::load_unaligned(added[sum] + column))
                        .store_unaligned(places[sum] + column);
                });
        }
    }
}

/// places[i][column] = the sums over `Rows` rows of `Width` numbers, from `begin` on, where
/// adder(sums, count, row, column) adds what a row has to the sums of a register of columns. A few rows are
/// summed in registers, then a few of these sums, and so on: rounding adds up less than in one long sum, and
/// no sum waits for the rows before.
template <std::size_t Rows, std::size_t Width, class V, std::size_t Sums, class Add>
void sum_rows(std::size_t begin, const std::array<value_type_of<V>*, Sums>& places,
              const Add& adder) noexcept {
    constexpr std::size_t block = std::min<std::size_t>(8, Rows);
    constexpr std::size_t most = sum_fan * block; // in one sum of blocks
    constexpr std::size_t level = Rows <= most ? 0 : Rows <= sum_fan * most ? 1 : 2;
    sum_blocks<level, block, Width, V>(begin, Rows / block, places, adder);
    if constexpr (Rows % block > 0)
        sum_block<Rows % block, true, Width, V>(begin + Rows / block * block, places, adder);
}
} // namespace internal

/// What batch normalization is with its moving averages, in prediction and where it is frozen: x * scale +
/// shift, with numbers for each channel. And the sums of training.
template <std::size_t Channels, class Head, class Layer>
struct affine_normalization : head_kernels_base {
    static constexpr std::size_t room = round_up(Channels, 16) + 16; ///< behind the channels, for a register
    static constexpr bool is_affine = true;

    template <class T>
    static void prepare_affine(const T* parameters, T* scale, T* shift, team::range channels) noexcept {
        [[maybe_unused]] const T* const gammas = array_of<Head>(parameters, typename Head::gamma{});
        [[maybe_unused]] const T* const betas = array_of<Head>(parameters, typename Head::beta{});
        const T* const mean = array_of<Head>(parameters, typename Head::moving_mean{});
        const T* const variance = array_of<Head>(parameters, typename Head::moving_variance{});
        for (std::size_t c = channels.begin; c < channels.end; ++c) {
            T factor = T(1) / std::sqrt(variance[c] + static_cast<T>(Layer::epsilon));
            if constexpr (Head::has_scale)
                factor *= gammas[c];
            scale[c] = factor;
            shift[c] = -mean[c] * factor;
            if constexpr (Head::has_center)
                shift[c] += betas[c];
        }
    }

    /// use(piece, channel, sums) for registers of the sums over each piece of this thread's channels, where
    /// adder(piece, sums, count, row, column) adds a row's. A sample's rows are added by one thread, and wait
    /// in `sample_sums`, [samples][channels] each; `use` may write there at the place [piece][channel], which
    /// is not behind that of the piece's first sample. Threads meet within where a sample has several rows.
    template <class T, std::size_t Sums, class Add, class Use>
    static void sum_pieces(const std::array<T*, Sums>& sample_sums, const batch_pieces& pieces,
                           const team& threads, const Add& adder, const Use& use) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        const team::range channels = threads.share(Channels, 16);
        if constexpr (Head::output_rows > 1) {
            sum_samples(sample_sums, pieces, threads.share(pieces.samples), adder);
            threads.barrier();
        }
        for (std::size_t piece = 0; piece < pieces.count; ++piece) {
            const auto add_row = [&](std::array<V, Sums>& sums, auto count, std::size_t sample,
                                     std::size_t column) {
                if constexpr (Head::output_rows > 1)
                    for (std::size_t i = 0; i < Sums; ++i)
                        sums[i] += V::load_unaligned(sample_sums[i] + sample * room + column);
                else
                    adder(piece, sums, count, sample, column);
            };
            internal::add_columns<Channels, Sums, V>(
                channels, pieces.range(piece), add_row,
                [&](std::size_t column, const std::array<V, Sums>& sums) { use(piece, column, sums); });
        }
    }

    /// The same for sums that `sample_sums` keeps at these places.
    template <class T, std::size_t Sums, class Add>
    static void sum_pieces(const std::array<T*, Sums>& sample_sums, const batch_pieces& pieces,
                           const team& threads, const Add& adder) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        sum_pieces(sample_sums, pieces, threads, adder,
                   [&](std::size_t piece, std::size_t c, const std::array<V, Sums>& sums) {
                       for (std::size_t i = 0; i < Sums; ++i)
                           sums[i].store_unaligned(sample_sums[i] + piece * room + c);
                   });
    }

    /// Writes x * scale + shift in some rows.
    template <class Stage, keeping Keep, class T, class Tail>
    static void write_affine(const head_forward<T>& call, team::range rows, const Tail& tail, const T* scale,
                             const T* shift) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        struct line {
            V scale;
            V shift;
        };
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        internal::walk_rows<Channels, V>(
            rows,
            [&](std::size_t column) {
                return line{V::load_unaligned(scale + column), V::load_unaligned(shift + column)};
            },
            [&](auto count, std::size_t row, std::size_t column, const line& of_columns) {
                constexpr std::size_t lanes = decltype(count)::value;
                writer.template put<lanes>(V(xsimd::fma(load_first<lanes, V>(call.x[0].row(row) + column),
                                                        of_columns.scale, of_columns.shift)),
                                           row, column);
            });
    }

    /// Adds the derivatives by some results of a row, and these times the normalized numbers.
    template <std::size_t Lanes, class T, class V>
    static void add_slopes(std::array<V, 2>& sums, const head_backward<T>& call, std::size_t row,
                           std::size_t column, const T* mean, const T* factor) noexcept {
        const V delta = load_first<Lanes, V>(call.delta.row(row) + column);
        const V normalized = (load_first<Lanes, V>(call.x[0].row(row) + column) - V::load_unaligned(mean)) *
                             V::load_unaligned(factor);
        sums[0] += delta;
        sums[1] = xsimd::fma(delta, normalized, sums[1]);
    }

    /// What the derivatives of some rows are made of, for each channel.
    template <class T>
    struct derivative_terms {
        const T* mean;
        const T* factor;      ///< one over the deviation
        const T* deltas;      ///< the sum of the derivatives by the results
        const T* projections; ///< the sum of these, each times the normalized number
        std::size_t count;    ///< of numbers in a sum
    };

    /// With n the normalized number, d the derivative by y and means over all rows of a sum:
    /// dx = gamma factor (d - mean(d) - n mean(d n)).
    template <class T>
    static void write_derivatives(const head_backward<T>& call, team::range rows,
                                  const derivative_terms<T>& terms) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        struct line {
            V mean;
            V scale;
            V delta;
            V projection; ///< of a number that is not divided by the deviation
        };
        [[maybe_unused]] const T* const gammas = array_of<Head>(call.parameters, typename Head::gamma{});
        const V share(T(1) / static_cast<T>(terms.count));
        internal::walk_rows<Channels, V>(
            rows,
            [&](std::size_t column) {
                const V factor = V::load_unaligned(terms.factor + column);
                V scale = factor;
                if constexpr (Head::has_scale)
                    scale *= V::load_unaligned(gammas + column);
                return line{V::load_unaligned(terms.mean + column), scale,
                            V::load_unaligned(terms.deltas + column) * share,
                            V::load_unaligned(terms.projections + column) * share * factor};
            },
            [&](auto count, std::size_t row, std::size_t column, const line& of_columns) {
                constexpr std::size_t lanes = decltype(count)::value;
                const V difference = load_first<lanes, V>(call.x[0].row(row) + column) - of_columns.mean;
                const V common = xsimd::fma(difference, of_columns.projection, of_columns.delta);
                const V delta = load_first<lanes, V>(call.delta.row(row) + column);
                store_or_add<lanes>(V((delta - common) * of_columns.scale),
                                    call.source_deltas[0].row(row) + column, call.adds[0]);
            });
    }

private:
    /// sums[sample] = the sums over a sample's rows.
    template <class T, std::size_t Sums, class Add>
    static void sum_samples(const std::array<T*, Sums>& sample_sums, const batch_pieces& pieces,
                            team::range samples, const Add& adder) noexcept {
        using V = simd<T, lanes_of<T, Channels>>;
        for (std::size_t sample = samples.begin; sample < samples.end; ++sample) {
            std::array<T*, Sums> places = sample_sums;
            for (T*& place : places)
                place += sample * room;
            internal::sum_rows<Head::output_rows, Channels, V>(
                sample * Head::output_rows, places,
                [&](std::array<V, Sums>& sums, auto count, std::size_t row, std::size_t column) {
                    adder(sample / pieces.length, sums, count, row, column);
                });
        }
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
