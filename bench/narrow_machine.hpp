// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/integer/dot_products.hpp>
#include <strata/kernels/narrow/bfloat16_products.hpp>

#include "machine.hpp"

namespace bench {

/// What one core can do at most in products of bfloat16 that are added to floats, by the kernels' own
/// instructions.
inline double peak_bfloat16_products() {
    using V = xsimd::batch<float>;
    const xsimd::batch<std::uint32_t> ones(0x3f803f80), tenths(0x3dcc3dcc);
    return 4.0 * V::size * peak_steps<V>([=](V sum) __attribute__((always_inline)) {
               return strata::bedrock::internal::add_products(sum, ones, tenths);
           });
}

/// The same in products of bytes that are added, by the kernels' own instructions.
inline double peak_byte_products() {
    using V = xsimd::batch<strata::bedrock::byte_word>;
    const V bytes(0x01020304), weights(0x7f80ff01);
    return 8.0 * V::size * peak_steps<V>([=](V sum) __attribute__((always_inline)) {
               return strata::bedrock::internal::add_dot_products(sum, bytes, weights);
           });
}

} // namespace bench
