// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace strata::bedrock::inline STRATA_SETTING {

/// Many inputs are mostly zeros: dark pixels, one-hot rows. Adding 0 * w changes no bit of a sum as long as w
/// is finite, so a product may leave those terms out.
namespace nonzero {

inline constexpr std::size_t word_bits = 64;
/// Stack memory that a kernel spends on sets, in words.
inline constexpr std::size_t most_words = 4096;

[[nodiscard]] constexpr std::size_t words_for(std::size_t count) noexcept {
    return (count + word_bits - 1) / word_bits;
}

/// Whether a product of these sizes gains enough to look for zeros.
template <std::size_t Inputs, std::size_t Panels>
inline constexpr bool is_worthwhile = Inputs >= 64 && Inputs <= 16 * 1024 && Panels >= 4;

/// Calls visit(i) for each bit i that is set, in ascending order.
template <class Visit>
[[gnu::always_inline]] inline void visit_set(const std::uint64_t* words, std::size_t count,
                                             Visit visit) noexcept {
    for (std::size_t w = 0; w < count; ++w)
        for (std::uint64_t bits = words[w]; bits != 0; bits &= bits - 1)
            visit(w * word_bits + static_cast<std::size_t>(std::countr_zero(bits)));
}

/// How many bits are set.
[[nodiscard]] inline std::size_t count_set(const std::uint64_t* words, std::size_t count) noexcept {
    std::size_t set = 0;
    for (std::size_t w = 0; w < count; ++w)
        set += static_cast<std::size_t>(std::popcount(words[w]));
    return set;
}

/// Whether so few of `all` bits are set that visiting them is faster than a plain loop over all.
[[nodiscard]] constexpr bool is_sparse(std::size_t count, std::size_t all) noexcept {
    return count * 8 <= all * 7;
}
[[nodiscard]] inline bool is_sparse(const std::uint64_t* words, std::size_t count, std::size_t all) noexcept {
    return is_sparse(count_set(words, count), all);
}

/// flags[k] = whether any of `Rows` rows [Rows][K] has something else than zero in column k; then zeros to
/// the end of the last word's flags.
template <std::size_t Rows, std::size_t K, class T>
inline void flag_columns(const T* x, std::uint8_t* flags) noexcept {
    for (std::size_t k = 0; k < K; ++k) {
        bool any = false;
#pragma GCC unroll 8
        for (std::size_t i = 0; i < Rows; ++i)
            any |= x[i * K + k] != T(0);
        flags[k] = any;
    }
    std::fill(flags + K, flags + words_for(K) * word_bits, std::uint8_t{0});
}

/// Gathers flags of 0 or 1 as bits, `word_bits` of them a word.
[[gnu::noinline]] inline void gather_flags(const std::uint8_t* flags, std::size_t count,
                                           std::uint64_t* words) noexcept {
    for (std::size_t w = 0; w < count; ++w) {
        std::uint64_t bits = 0;
        for (std::size_t byte = 0; byte < 8; ++byte) {
            std::uint64_t eight; // whose lowest bits the product gathers in its highest byte
            std::memcpy(&eight, flags + w * word_bits + byte * 8, sizeof eight);
            bits |= (eight * 0x0102040810204080u >> 56) << (8 * byte);
        }
        words[w] = bits;
    }
}

/// The columns in which any of `Rows` rows [Rows][K] has something else than zero, as bits.
/// A function of its own, which training and prediction share.
template <std::size_t Rows, std::size_t K, class T>
[[gnu::noinline]] inline void columns_of(const T* x, std::uint64_t* words) noexcept {
    alignas(word_bits) std::array<std::uint8_t, words_for(K) * word_bits> flags;
    flag_columns<Rows, K>(x, flags.data());
    gather_flags(flags.data(), words_for(K), words);
}

/// Whether any of `Count` numbers is something else than zero.
template <std::size_t Count, class T>
[[nodiscard, gnu::always_inline]] inline bool has_any(const T* numbers) noexcept {
    if constexpr (lanes_of<T, Count> == Count && Count > 1) {
        using V = simd<T, Count>;
        return xsimd::any(V::load_unaligned(numbers) != V(T(0)));
    } else {
        constexpr std::size_t eights = Count * sizeof(T) / 8;
        static_assert(Count * sizeof(T) == 8 * eights);
        constexpr std::uint64_t no_sign = sizeof(T) == 8 ? 0x7fffffffffffffff : 0x7fffffff7fffffff;
        std::array<std::uint64_t, eights> parts;
        std::memcpy(parts.data(), numbers, sizeof parts);
        std::uint64_t any = 0;
        for (const std::uint64_t part : parts)
            any |= part;
        return (any & no_sign) != 0;
    }
}

/// For each block of `Inputs` inputs, the rows of x [rows][K] that have something else than zero there:
/// added to words[block * step + ...], which begin as zeros. Where the last block is narrower, up to a
/// register behind a row's end is looked at too.
template <std::size_t Inputs, std::size_t K, class T>
inline void rows_of(const T* x, std::size_t rows, std::uint64_t* words, std::size_t step) noexcept {
    constexpr std::size_t blocks = (K + Inputs - 1) / Inputs;
    for (std::size_t row = 0; row < rows; ++row) { // as they lie in memory, which reads best
        const T* const numbers = x + row * K;
        std::uint64_t* const word = words + row / word_bits;
        for (std::size_t block = 0; block < blocks; ++block)
            word[block * step] |= std::uint64_t{has_any<Inputs>(numbers + block * Inputs)} << row % word_bits;
    }
}

} // namespace nonzero
} // namespace strata::bedrock::inline STRATA_SETTING
