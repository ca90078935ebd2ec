// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/kernels/head_kernels.hpp>
#include <strata/layers/embedding.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The number of a token's row, or of a row that is not there: `count`. In double, since a float has no
/// halves from 2^23 on.
template <class T>
[[nodiscard]] inline std::size_t row_of_token(T token, std::size_t count) noexcept {
    const auto number = static_cast<double>(token);
    return number > -0.5 && number < static_cast<double>(count) - 0.5 ? static_cast<std::size_t>(number + 0.5)
                                                                      : count;
}
} // namespace internal

/// Embeddings. In training the places of all tokens are sorted by their rows, so that each row is summed by
/// one thread, in the tokens' order, and rows that do not occur are left alone.
template <std::size_t Tokens, std::size_t Vocabulary, std::size_t Width, class Layer>
struct head_kernels<lookup<Tokens, Vocabulary, Width, Layer>> : head_kernels_base {
    using head = lookup<Tokens, Vocabulary, Width, Layer>;
    using embeddings = typename head::embeddings;
    static constexpr bool sums_in_backward = true; // the order of the places
    static constexpr piece_adder adds_pieces = piece_adder::kernel;

private:
    template <class T>
    static constexpr std::size_t stored =
        array_layout<T, row_storage<Width>, typename embeddings::shape>::stored;
    // Places are kept as numbers' bits.
    template <class T>
    using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    template <class T>
    static std::size_t place_of(T number) noexcept {
        return std::bit_cast<bits<T>>(number);
    }
    template <class T>
    static std::size_t row_of_place(const head_backward<T>& call, std::size_t place) noexcept {
        return internal::row_of_token(*call.x[0].row(place), Vocabulary);
    }

public:
    template <class T>
    static constexpr std::size_t shared_size(std::size_t samples) {
        return samples * Tokens;
    }

    template <class Stage, keeping Keep, bool, class T, class Tail>
    static bool forward(const head_forward<T>& call, const team& threads, const Tail& tail) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        const row_writer<Stage, Keep, T, Tail> writer{call.y, call.kept, tail};
        const T* const table = array_of<head>(call.parameters, embeddings{});
        const team::range mine = share_samples(threads, call.samples);
        for (std::size_t place = mine.begin * Tokens; place < mine.end * Tokens; ++place) {
            const std::size_t row = internal::row_of_token(*call.x[0].row(place), Vocabulary);
            const T* const numbers = table + row % Vocabulary * stored<T>;
            const V missing(row < Vocabulary ? T(0) : detail::nan<T>);
            visit_columns<Width, T>([&](auto count, std::size_t column) {
                constexpr std::size_t lanes = decltype(count)::value;
                writer.template put<lanes>(V(V::load_unaligned(numbers + column) + missing), place, column);
            });
        }
        return true;
    }

    template <class Stage, class T, class Slope>
    static void backward(const head_backward<T>& call, const team& threads, const Slope&) noexcept {
        const std::size_t count = call.samples * Tokens;
        if (call.source_deltas[0].data != nullptr && !call.adds[0]) {
            const team::range mine = threads.share(count);
            for (std::size_t place = mine.begin; place < mine.end; ++place)
                *call.source_deltas[0].row(place) = T(0);
        }
        if (threads.rank != 0)
            return;
        for (std::size_t place = 0; place < count; ++place)
            call.shared[place] = std::bit_cast<T>(static_cast<bits<T>>(place));
        std::sort(call.shared, call.shared + count, [&](T left, T right) {
            const std::size_t left_row = row_of_place(call, place_of(left));
            const std::size_t right_row = row_of_place(call, place_of(right));
            return left_row != right_row ? left_row < right_row : place_of(left) < place_of(right);
        });
    }

    template <class Stage, bool, class T, class Updates>
    static void update(const head_backward<T>& call, const team& threads, const Updates& updates) noexcept {
        const auto use = updates(embeddings{});
        const T* const end = call.shared + call.samples * Tokens;
        if constexpr (Updates::takes_some && embeddings::skips_rows) {
            // Each thread has the rows that begin in its part of the places.
            const team::range mine = threads.share(call.samples * Tokens);
            const T* const last = call.shared + mine.end;
            const T* next = call.shared + mine.begin;
            while (mine.begin > 0 && next < last &&
                   row_of_place(call, place_of(*next)) == row_of_place(call, place_of(next[-1])))
                ++next;
            while (next < last) {
                const std::size_t row = row_of_place(call, place_of(*next));
                const T* const first = next;
                while (next < end && row_of_place(call, place_of(*next)) == row)
                    ++next;
                if (row < Vocabulary)
                    use_row(call, use, row, first, next);
            }
        } else {
            constexpr bool marks = Updates::marks_rows && embeddings::skips_rows;
            const team::range mine = threads.share(Vocabulary);
            const T* next = std::partition_point(static_cast<const T*>(call.shared), end, [&](T number) {
                return row_of_place(call, place_of(number)) < mine.begin;
            });
            for (std::size_t row = mine.begin; row < mine.end; ++row) {
                const T* const first = next;
                while (next < end && row_of_place(call, place_of(*next)) == row)
                    ++next;
                use_row(call, use, row, first, next, marks && first == next ? T(-0.0) : T(0));
            }
        }
    }

private:
    /// Hands on the sum of the derivatives at some places, which begins with `zero`.
    template <class T, class Use>
    static void use_row(const head_backward<T>& call, const Use& use, std::size_t row, const T* first,
                        const T* last, T zero = T(0)) noexcept {
        using V = simd<T, lanes_of<T, Width>>;
        visit_columns<Width, T>([&](auto count, std::size_t column) {
            constexpr std::size_t lanes = decltype(count)::value;
            const T* place = first;
            const auto sums = add_pieces(call.pieces, [&](team::range samples) {
                V sum(zero);
                for (; place < last && place_of(*place) < samples.end * Tokens; ++place)
                    sum += load_first<lanes, V>(call.delta.row(place_of(*place)) + column);
                return sum;
            });
            sums.hand_on(use, row * stored<T> + column, call.pieces.stride);
        });
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
