// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/random/dropout.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace strata::bedrock::inline STRATA_SETTING {

/// The random words that a head draws in one call.
using random_block = philox<16>::words;
inline constexpr std::size_t block_size = 64;

/// Draws block number `block` of the random words of a stage's head in a step: 64 words, which depend on the
/// key and on their numbers only. Not inlined, so that forward and backward run the same instructions.
[[nodiscard, gnu::noinline]] inline random_block draw_block(const dropout_key& key,
                                                            std::uint64_t block) noexcept {
    random_block counter;
    for (std::size_t j = 0; j < 16; ++j) {
        counter[0][j] = static_cast<std::uint32_t>(block * 16 + j);
        counter[1][j] = static_cast<std::uint32_t>(block >> 28);
        counter[2][j] = key.step;
        counter[3][j] = static_cast<std::uint32_t>(draw_purpose::head) + (key.layer << 4);
    }
    return philox<16>::draw(counter, key.seed);
}

/// Draws 64 numbers from N(0, 1), those from number 64 block on, by the method of Box and Muller ("A note on
/// the generation of random normal deviates", 1958): a number u, uniform in (0, 1), and an angle a give two
/// numbers, sqrt(-2 log u) times cos a and sin a. Since u has 32 bits, none is larger than 6.8.
template <class T>
[[gnu::noinline]] void draw_normals(T* result, const dropout_key& key, std::uint64_t block) noexcept {
    using V = simd<T, lanes_of<T, 16>>;
    const random_block words = draw_block(key, block);
    for (std::size_t pair = 0; pair < 4; pair += 2) {
        alignas(alignment) T uniform[16];
        alignas(alignment) T angle[16];
        for (std::size_t j = 0; j < 16; ++j) {
            uniform[j] = (static_cast<T>(words[pair][j]) + T(0.5)) * T(0x1p-32);
            angle[j] = (static_cast<T>(words[pair + 1][j]) * T(0x1p-31) - T(1)) * std::numbers::pi_v<T>;
        }
        for (std::size_t j = 0; j < 16; j += V::size) {
            // A float u may be rounded up to 1. Its logarithm is 0, and the product must not fall below that.
            const V radius = internal::square_root(
                internal::lift(V(T(-2)) * xsimd::log(V::load_aligned(uniform + j)), V(T(0))));
            const auto sine_cosine = xsimd::sincos(V::load_aligned(angle + j));
            (radius * sine_cosine.second).store_unaligned(result + 16 * pair + j);
            (radius * sine_cosine.first).store_unaligned(result + 16 * pair + 16 + j);
        }
    }
}

/// The normal numbers of a batch's elements, which are numbered through all samples, so many in each. They
/// are drawn block by block. Where elements are asked for in ascending order, each block is drawn once.
template <class T>
class normal_noise {
public:
    normal_noise(const dropout_key& key, std::size_t sample_size) noexcept
        : key_(key), begin_(std::uint64_t{key.first_sample} * sample_size) {}

    /// A pointer to the number of an element, followed by those of the next ones, at least a register full.
    [[nodiscard]] const T* values(std::uint64_t element) noexcept {
        element += begin_;
        const std::uint64_t block = element / block_size;
        if (block != first_) {
            if (block == first_ + 1)
                std::copy_n(values_ + block_size, block_size, values_);
            else
                draw_normals(values_, key_, block);
            draw_normals(values_ + block_size, key_, block + 1);
            first_ = block;
        }
        return values_ + element % block_size;
    }

private:
    dropout_key key_;
    std::uint64_t begin_;
    std::uint64_t first_ = ~std::uint64_t{1}; ///< no block has this number, nor the next
    alignas(alignment) T values_[2 * block_size];
};

} // namespace strata::bedrock::inline STRATA_SETTING
