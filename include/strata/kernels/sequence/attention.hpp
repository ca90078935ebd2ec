// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/head_kernels.hpp>
#include <strata/kernels/product/strided_product.hpp>
#include <strata/kernels/product/transpose.hpp>
#include <strata/kernels/sequence/attention_layout.hpp>
#include <strata/kernels/sequence/attention_mask.hpp>
#include <strata/kernels/sequence/attention_weights.hpp>
#include <strata/layers/dot_attention.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// Attention, for each sample and each head of the keys by itself. What a head reads is copied side by side,
/// filled to whole registers and tiles; scores are computed for a block of queries at a time, in the forward
/// and again in the backward kernel, so that no weight is kept (Dao et al. 2022, without their rescaling: all
/// scores of a block fit the cache).
template <class Head>
struct attention_kernels : head_kernels_base {
    using head = Head;

private:
    static constexpr attention_shape Sizes = head::sizes;
    static constexpr bool IsCausal = head::is_causal;
    static constexpr bool is_masked = head::masks_queries || head::key_masks > 0;
    static constexpr bool drops = head::dropout > 0;
    static constexpr std::size_t shared_heads = Sizes.heads / Sizes.key_heads;

    template <class T>
    using sizes = attention_layout<Sizes, T>;

    /// A thread's scratch: first what both kernels need, then what backward needs.
    template <class T>
    struct memory {
        using s = sizes<T>;
        static constexpr std::size_t panel_size = s::columns * s::width;
        static constexpr std::size_t row_size = s::pitch * s::width;
        static constexpr std::size_t block_rows = s::block * s::width;
        static constexpr std::size_t mask_size = head::key_masks > 0 ? s::columns : 0;
        static constexpr std::size_t forward_size =
            mask_size + panel_size + row_size + 2 * block_rows + s::block * s::pitch;
        static constexpr std::size_t size =
            forward_size + panel_size + 2 * row_size + block_rows + s::block * s::pitch;

        T* key_mask;
        T* key_panels;
        T* rows; ///< of the values; backward: of the keys
        T* queries;
        T* results;
        T* weights;
        T* value_panels;
        T* key_sums;
        T* value_sums;
        T* deltas;
        T* slopes;

        explicit memory(T* scratch)
            : key_mask(scratch),
              key_panels(scratch + mask_size),
              rows(key_panels + panel_size),
              queries(rows + row_size),
              results(queries + block_rows),
              weights(results + block_rows),
              value_panels(weights + s::block * s::pitch),
              key_sums(value_panels + panel_size),
              value_sums(key_sums + row_size),
              deltas(value_sums + row_size),
              slopes(deltas + block_rows) {}
    };

    /// Rows of `Width` numbers as panels [Width][lanes] of as many rows as a register has lanes.
    template <std::size_t Width, class T>
    static void turn(const T* rows, T* panels) noexcept {
        constexpr std::size_t lanes = sizes<T>::lanes;
        for (std::size_t row = 0; row < sizes<T>::columns; row += lanes)
            for (std::size_t k = 0; k < Width; k += lanes)
                internal::copy_transposed<lanes>(rows + row * Width + k, Width,
                                                 panels + row * Width + k * lanes, lanes);
    }

    /// The scores of a block of queries by the keys that some of them see.
    template <class T>
    static void score(const T* left, const T* panels, std::size_t width, std::size_t seen,
                      T* scores) noexcept {
        using s = sizes<T>;
        internal::multiply_strided<typename s::V, false, false>(
            {left, width, panels, width * s::lanes, s::lanes, width, scores, s::pitch}, s::block,
            round_up(seen, s::lanes) / s::lanes);
    }

    /// How many keys the queries up to `query` see.
    static constexpr std::size_t seen_by(std::size_t query) noexcept {
        return IsCausal ? std::min(query + 1, Sizes.keys) : Sizes.keys;
    }

    /// Hides the masked keys in a query's row of scores. Returns whether the query sees any, and is not
    /// masked itself.
    template <class V, class T>
    static bool sees_keys(const rows_view<const T>* x, const memory<T>& own, std::size_t sample,
                          std::size_t query, T* scores) noexcept {
        if constexpr (head::masks_queries)
            if (*x[3].row(sample * Sizes.queries + query) == T(0))
                return false;
        if constexpr (head::key_masks > 0)
            return hide_masked_keys<V>(own.key_mask, seen_by(query), scores);
        else
            return true;
    }

public:
    /// The logarithm of the sum of each row's exponentials: [samples][heads][queries].
    template <class T>
    static constexpr std::size_t shared_size(std::size_t samples) {
        return samples * Sizes.heads * Sizes.queries;
    }
    static constexpr bool carries_columns = Sizes.key_heads > 1;
    template <class T>
    static constexpr std::size_t forward_scratch_size = memory<T>::forward_size;
    template <class T>
    static constexpr std::size_t scratch_size = memory<T>::size;

    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using s = sizes<T>;
        using V = typename s::V;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const memory<T> own(call.scratch);
        const team::range mine = threads.share(call.samples * Sizes.key_heads);
        for (std::size_t unit = mine.begin; unit < mine.end; ++unit) {
            const std::size_t sample = unit / Sizes.key_heads;
            const std::size_t group = unit % Sizes.key_heads;
            if constexpr (head::key_masks > 0)
                gather_key_mask<head>(call.x, sample, s::columns, own.key_mask);
            internal::gather_rows<Sizes.key_width, s::key_width>(call.x[1], sample * Sizes.keys,
                                                                 group * Sizes.key_width, Sizes.keys,
                                                                 s::columns, T(1), own.rows);
            turn<s::key_width>(own.rows, own.key_panels);
            internal::gather_rows<Sizes.value_width, s::value_width>(call.x[2], sample * Sizes.keys,
                                                                     group * Sizes.value_width, Sizes.keys,
                                                                     s::columns, T(1), own.rows);
            for (std::size_t part = 0; part < shared_heads; ++part) {
                const std::size_t number = group * shared_heads + part;
                for (std::size_t first = 0; first < Sizes.queries; first += s::block) {
                    const std::size_t count = std::min(s::block, Sizes.queries - first);
                    const std::size_t seen = seen_by(first + count - 1);
                    internal::gather_rows<Sizes.key_width, s::key_width>(
                        call.x[0], sample * Sizes.queries + first, number * Sizes.key_width, count, s::block,
                        s::scale, own.queries);
                    score(own.queries, own.key_panels, s::key_width, seen, own.weights);
                    alignas(alignment) T factors[s::block];
                    const std::size_t row = (sample * Sizes.heads + number) * Sizes.queries + first;
                    for (std::size_t i = 0; i < count; ++i) {
                        T* const weights = own.weights + i * s::pitch;
                        if constexpr (is_masked)
                            if (!sees_keys<V>(call.x, own, sample, first + i, weights)) {
                                std::fill_n(weights, round_up(seen, s::lanes), T(0));
                                factors[i] = 0;
                                continue;
                            }
                        const softmax_sums<T> sums = internal::exponentiate_row<V>(
                            weights, seen_by(first + i), round_up(seen, s::lanes));
                        factors[i] = 1 / sums.sum;
                        if constexpr (Tail::training)
                            call.shared[row + i] = sums.largest + std::log(sums.sum);
                        if constexpr (Tail::training && drops)
                            internal::drop_weights<head, V>(weights, seen_by(first + i), call.key, row + i);
                    }
                    internal::multiply_strided<V, false, false>({own.weights, s::pitch, own.rows, s::lanes,
                                                                 s::value_width, seen, own.results,
                                                                 s::value_width},
                                                                s::block, s::value_width / s::lanes);
                    for (std::size_t i = 0; i < count; ++i)
                        visit_row<Sizes.value_width, V>([&](auto lanes, std::size_t column) {
                            writer.template put<decltype(lanes)::value>(
                                V(V::load_unaligned(own.results + i * s::value_width + column) *
                                  V(factors[i])),
                                sample * Sizes.queries + first + i, number * Sizes.value_width + column);
                        });
                }
            }
        }
        return threads.size == 1;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        using s = sizes<T>;
        const memory<T> own(call.scratch);
        const team::range mine = threads.share(call.samples * Sizes.key_heads);
        for (std::size_t unit = mine.begin; unit < mine.end; ++unit) {
            const std::size_t sample = unit / Sizes.key_heads;
            const std::size_t group = unit % Sizes.key_heads;
            if constexpr (head::key_masks > 0)
                gather_key_mask<head>(call.x, sample, s::columns, own.key_mask);
            internal::gather_rows<Sizes.value_width, s::value_width>(call.x[2], sample * Sizes.keys,
                                                                     group * Sizes.value_width, Sizes.keys,
                                                                     s::columns, T(1), own.rows);
            turn<s::value_width>(own.rows, own.value_panels);
            internal::gather_rows<Sizes.key_width, s::key_width>(call.x[1], sample * Sizes.keys,
                                                                 group * Sizes.key_width, Sizes.keys,
                                                                 s::columns, T(1), own.rows);
            turn<s::key_width>(own.rows, own.key_panels);
            std::fill_n(own.key_sums, s::pitch * s::key_width, T(0));
            std::fill_n(own.value_sums, s::pitch * s::value_width, T(0));
            for (std::size_t part = 0; part < shared_heads; ++part)
                for (std::size_t first = 0; first < Sizes.queries; first += s::block)
                    carry_block(call, own, sample, group * shared_heads + part, first);
            scatter<Sizes.key_width, s::key_width>(call, 1, sample * Sizes.keys, group * Sizes.key_width,
                                                   Sizes.keys, T(1), own.key_sums);
            scatter<Sizes.value_width, s::value_width>(
                call, 2, sample * Sizes.keys, group * Sizes.value_width, Sizes.keys, T(1), own.value_sums);
        }
    }

private:
    /// The derivatives by a block of queries, and what it adds to those by keys and values.
    template <class T>
    static void carry_block(const head_backward<T>& call, const memory<T>& own, std::size_t sample,
                            std::size_t number, std::size_t first) noexcept {
        using s = sizes<T>;
        using V = typename s::V;
        const std::size_t count = std::min(s::block, Sizes.queries - first);
        const std::size_t seen = seen_by(first + count - 1);
        const std::size_t stored = round_up(seen, s::lanes);
        internal::gather_rows<Sizes.key_width, s::key_width>(call.x[0], sample * Sizes.queries + first,
                                                             number * Sizes.key_width, count, s::block,
                                                             s::scale, own.queries);
        internal::gather_rows<Sizes.value_width, s::value_width>(call.delta, sample * Sizes.queries + first,
                                                                 number * Sizes.value_width, count, s::block,
                                                                 T(1), own.deltas);
        score(own.queries, own.key_panels, s::key_width, seen, own.weights);
        score(own.deltas, own.value_panels, s::value_width, seen, own.slopes);
        const std::size_t row = (sample * Sizes.heads + number) * Sizes.queries + first;
        for (std::size_t i = 0; i < s::block; ++i) {
            T* const weights = own.weights + i * s::pitch;
            T* const slopes = own.slopes + i * s::pitch;
            bool sees_any = i < count;
            if constexpr (is_masked)
                sees_any = sees_any && sees_keys<V>(call.x, own, sample, first + i, weights);
            if (!sees_any) {
                std::fill_n(weights, s::pitch, T(0));
                std::fill_n(slopes, s::pitch, T(0));
                continue;
            }
            std::fill(weights + stored, weights + s::pitch, T(0));
            std::fill(slopes + stored, slopes + s::pitch, T(0));
            internal::weigh_row<V>(weights, seen_by(first + i), stored, call.shared[row + i]);
            if constexpr (drops)
                internal::drop_weights<head, V>(slopes, seen_by(first + i), call.key, row + i);
            internal::pass_softmax<V>(weights, slopes, stored);
            if constexpr (drops)
                internal::drop_weights<head, V>(weights, seen_by(first + i), call.key, row + i);
        }
        internal::multiply_strided<V, true, true>({own.weights, s::pitch, own.deltas, s::lanes,
                                                   s::value_width, s::block, own.value_sums, s::value_width},
                                                  seen, s::value_width / s::lanes);
        internal::multiply_strided<V, true, true>(
            {own.slopes, s::pitch, own.queries, s::lanes, s::key_width, s::block, own.key_sums, s::key_width},
            seen, s::key_width / s::lanes);
        internal::multiply_strided<V, false, false>(
            {own.slopes, s::pitch, own.rows, s::lanes, s::key_width, seen, own.results, s::key_width},
            s::block, s::key_width / s::lanes);
        scatter<Sizes.key_width, s::key_width>(call, 0, sample * Sizes.queries + first,
                                               number * Sizes.key_width, count, s::scale, own.results);
    }

    /// Hands rows of derivatives, times `scale`, to a source.
    template <std::size_t Width, std::size_t Stored, class T>
    static void scatter(const head_backward<T>& call, std::size_t source, std::size_t first,
                        std::size_t column, std::size_t count, T scale, const T* rows) noexcept {
        using V = typename sizes<T>::V;
        if (call.source_deltas[source].data == nullptr)
            return;
        for (std::size_t row = 0; row < count; ++row) {
            T* const result = call.source_deltas[source].row(first + row) + column;
            visit_row<Width, V>([&](auto lanes, std::size_t place) {
                store_or_add<decltype(lanes)::value>(
                    V(V::load_unaligned(rows + row * Stored + place) * V(scale)), result + place,
                    call.adds[source]);
            });
        }
    }
};

template <attention_shape Sizes, bool IsCausal, real Dropout>
struct head_kernels<attention_product<Sizes, IsCausal, Dropout>>
    : attention_kernels<attention_product<Sizes, IsCausal, Dropout>> {};
template <class Product, bool MasksQueries, std::size_t KeyMasks>
struct head_kernels<masked_attention<Product, MasksQueries, KeyMasks>>
    : attention_kernels<masked_attention<Product, MasksQueries, KeyMasks>> {};

} // namespace strata::bedrock::inline STRATA_SETTING
