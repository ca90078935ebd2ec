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

namespace strata::inline STRATA_SETTING {

/// Random words that a head draws at once.
using random_block = philox<16>::words;
inline constexpr std::size_t block_size = 64;

/// Words number 64 block, 64 block + 1, ... of what a stage's head draws in a step. They depend on the key
/// and their number only. Not inlined, so that forward and backward run the same instructions.
[[nodiscard, gnu::noinline]] inline random_block draw_block(const dropout_key& key,
                                                            std::uint64_t block) noexcept {
    random_block counter;
    for (std::size_t j = 0; j < 16; ++j) {
        counter[0][j] = static_cast<std::uint32_t>(block * 16 + j);
        counter[1][j] = static_cast<std::uint32_t>(block >> 28);
        counter[2][j] = key.step;
        counter[3][j] = static_cast<std::uint32_t>(stream::head) + (key.layer << 4);
    }
    return philox<16>::draw(counter, key.seed);
}

/// Numbers from N(0, 1), number 64 block and those behind it, by the method of Box and Muller ("A note on the
/// generation of random normal deviates", 1958): two even numbers u and a make sqrt(-2 log u) times cos a and
/// sin a. With 32 bits in u none is beyond 6.8.
template <class T>
[[gnu::noinline]] void draw_normals(T* to, const dropout_key& key, std::uint64_t block) noexcept {
    using V = simd<T, lanes_of<T, 16>>;
    const random_block words = draw_block(key, block);
    for (std::size_t pair = 0; pair < 4; pair += 2) {
        alignas(alignment) T even[16];
        alignas(alignment) T angle[16];
        for (std::size_t j = 0; j < 16; ++j) {
            even[j] = (static_cast<T>(words[pair][j]) + T(0.5)) * T(0x1p-32);
            angle[j] = (static_cast<T>(words[pair + 1][j]) * T(0x1p-31) - T(1)) * std::numbers::pi_v<T>;
        }
        for (std::size_t j = 0; j < 16; j += V::size) {
            // A float may be rounded up to 1, whose logarithm is the last one.
            const V radius =
                xsimd::sqrt(xsimd::max(V(T(0)), V(T(-2)) * xsimd::log(V::load_aligned(even + j))));
            const auto turned = xsimd::sincos(V::load_aligned(angle + j));
            (radius * turned.second).store_unaligned(to + 16 * pair + j);
            (radius * turned.first).store_unaligned(to + 16 * pair + 16 + j);
        }
    }
}

/// The normal numbers of a batch's elements, counted through all samples. They are drawn a block at a time,
/// and once only where elements are asked for in their order.
template <class T>
class normal_noise {
public:
    explicit normal_noise(const dropout_key& key) noexcept : key_(key) {}

    /// Those of an element and the ones behind it, a register full.
    [[nodiscard]] const T* from(std::uint64_t element) noexcept {
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
    std::uint64_t first_ = ~std::uint64_t{1}; ///< no block has this number, nor the next
    alignas(alignment) T values_[2 * block_size];
};

} // namespace strata::inline STRATA_SETTING
