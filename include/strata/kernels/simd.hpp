// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/alignment.hpp>
#include <strata/kernels/lane_exchange.hpp>
#include <strata/kernels/masked_load.hpp>
#include <strata/setting.hpp>

// Where a processor has no registers that xsimd knows, xsimd emulates them since version 13.
#if defined(STRATA_NO_REGISTERS) && !defined(XSIMD_WITH_EMULATED)
#    define XSIMD_WITH_EMULATED 1
#    define XSIMD_DEFAULT_ARCH emulated<128>
#endif

// g++ 12 warns of its own AVX-512 intrinsics, which leave a register undefined on purpose (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#    pragma GCC diagnostic push
#    pragma GCC diagnostic ignored "-Wuninitialized"
#    pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <xsimd/xsimd.hpp>
#if defined(__GNUC__) && !defined(__clang__)
#    pragma GCC diagnostic pop
#endif

#include <strata/kernels/fused_products.hpp>

#if defined(STRATA_NO_REGISTERS) && XSIMD_VERSION_MAJOR < 13
#    error "xsimd has no registers for this processor: version 13 and newer ones emulate them"
#endif

#include <cstddef>
#include <cstring>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class T, std::size_t Lanes>
struct sized_register {
#if defined(STRATA_NO_REGISTERS)
    using type = std::conditional_t<sizeof(T) * Lanes == 16, xsimd::batch<T, xsimd::emulated<128>>, void>;
#else
    using type = xsimd::make_sized_batch_t<T, Lanes>;
#endif
};

template <class T, std::size_t Lanes>
inline constexpr bool has_register = !std::is_void_v<typename sized_register<T, Lanes>::type>;

template <class T>
constexpr std::size_t lanes_for(std::size_t width) {
    std::size_t lanes = 16 / sizeof(T);
    if (has_register<T, 32 / sizeof(T)> && lanes < width)
        lanes = 32 / sizeof(T);
    if (has_register<T, 64 / sizeof(T)> && lanes < width)
        lanes = 64 / sizeof(T);
    return lanes;
}
} // namespace internal

/// A vector register of that many elements.
template <class T, std::size_t Lanes>
using simd = typename internal::sized_register<T, Lanes>::type;

/// How many lanes of the target's registers rows of this width fill best: the narrowest register that holds
/// the row, or else the widest there is.
template <class T, std::size_t Width>
inline constexpr std::size_t lanes_of = internal::lanes_for<T>(Width);

/// How many sums 16 registers hold beside the operands of a product. A browser's compiler keeps one register
/// for itself and gives each product another one than its operands have, where no instruction adds it too:
/// with more sums it would move some to memory and back at each step.
#if defined(__wasm__) && !defined(__FMA__)
inline constexpr std::size_t register_sums = 8;
#else
inline constexpr std::size_t register_sums = 12;
#endif

namespace internal {
template <class V>
struct value_type {
    using type = V;
};
template <class T, class Architecture>
struct value_type<xsimd::batch<T, Architecture>> {
    using type = T;
};
} // namespace internal

/// The number that a register holds several of, or that a plain number is.
template <class V>
using value_type_of = typename internal::value_type<V>::type;

namespace internal {
// What the versions of xsimd, from 8.1 to 14, name or do differently. All else is the same with all of them.

#if defined(__SSE3__)
[[nodiscard, gnu::always_inline]] inline float add_floats(__m128 value) noexcept {
    const __m128 pairs = _mm_add_ps(value, _mm_movehdup_ps(value));
    return _mm_cvtss_f32(_mm_add_ss(pairs, _mm_movehl_ps(pairs, pairs)));
}
#    if defined(__AVX__)
[[nodiscard, gnu::always_inline]] inline float add_floats(__m256 value) noexcept {
    return add_floats(_mm_add_ps(_mm256_castps256_ps128(value), _mm256_extractf128_ps(value, 1)));
}
#    endif
#endif

/// The sum of all lanes: the upper half is added to the lower one until there are four, then neighbours are.
template <class V>
[[nodiscard]] inline value_type_of<V> add_lanes(V value) noexcept {
#if defined(__SSE3__)
    using data = typename V::register_type;
    if constexpr (std::is_same_v<value_type_of<V>, float> && sizeof(data) <= 32)
        return add_floats(static_cast<data>(value));
#endif
#if XSIMD_VERSION_MAJOR < 9
    return xsimd::hadd(value);
#else
    return xsimd::reduce_add(value);
#endif
}

/// The register V with the bits of another.
template <class V, class Register>
[[nodiscard]] inline V same_bits(Register value) noexcept {
#if XSIMD_VERSION_MAJOR < 11
    return xsimd::bitwise_cast<V>(value);
#else
    return xsimd::bitwise_cast<value_type_of<V>>(value);
#endif
}

/// The square root, rounded to the nearest. With NEON xsimd estimates that of floats, and takes infinity's
/// for NaN.
template <class V>
[[nodiscard]] inline V square_root(V value) noexcept {
#if defined(__aarch64__)
    if constexpr (!std::is_arithmetic_v<V>)
        if constexpr (std::is_same_v<typename V::register_type, float32x4_t>)
            return vsqrtq_f32(value);
#endif
    return xsimd::sqrt(value);
}

// The rule for NaN, for registers and plain numbers, all processors and versions, is NumPy's: the smaller or
// larger of two numbers is NaN where either is, so that a network that diverges says so. Of equal ones, as +0
// and -0, the first comes out.
//
// Where the second is a bound that is no NaN, one instruction does that: on x86 that of two arguments of
// which one is NaN gives the second, and xsimd swaps them itself since version 14; others compare and choose,
// since their instructions have other rules.

/// most < a ? most : a, which is NaN where `a` is; a bound that is NaN is passed over.
template <class V>
[[nodiscard]] inline V cap(V a, V most) noexcept {
    if constexpr (std::is_arithmetic_v<V>)
        return most < a ? most : a;
    else
#if !defined(__SSE2__)
        return xsimd::select(most < a, most, a);
#elif XSIMD_VERSION_MAJOR < 14
        return xsimd::min(most, a);
#else
        return xsimd::min(a, most);
#endif
}

/// a < least ? least : a, which is NaN where `a` is; a bound that is NaN is passed over.
template <class V>
[[nodiscard]] inline V lift(V a, V least) noexcept {
    if constexpr (std::is_arithmetic_v<V>)
        return a < least ? least : a;
    else
#if !defined(__SSE2__)
        return xsimd::select(a < least, least, a);
#elif XSIMD_VERSION_MAJOR < 14
        return xsimd::max(least, a);
#else
        return xsimd::max(a, least);
#endif
}

/// The NaN that `a` is, or else `other`.
template <class V>
[[nodiscard]] inline V keep_nan(V a, V other) noexcept {
    if constexpr (std::is_arithmetic_v<V>)
        return a == a ? other : a;
    else
        return xsimd::select(a == a, other, a);
}

/// The smaller of two, or NaN.
template <class V>
[[nodiscard]] inline V smaller(V a, V b) noexcept {
    return keep_nan(b, cap(a, b));
}

/// The larger of two, or NaN.
template <class V>
[[nodiscard]] inline V larger(V a, V b) noexcept {
    return keep_nan(b, lift(a, b));
}
} // namespace internal

/// Reads a whole register from an aligned place, or a plain number.
template <class V>
[[nodiscard]] inline V load(const value_type_of<V>* numbers) noexcept {
    if constexpr (std::is_arithmetic_v<V>)
        return *numbers;
    else
        return V::load_aligned(numbers);
}

/// Writes a whole register to an aligned place, or a plain number.
template <class V>
inline void store(V value, value_type_of<V>* numbers) noexcept {
    if constexpr (std::is_arithmetic_v<V>)
        *numbers = value;
    else
        value.store_aligned(numbers);
}

/// Lane numbers 0, 1, 2, ...
template <class V>
[[nodiscard]] inline V lane_numbers() noexcept {
    using T = typename V::value_type;
    alignas(alignment) T numbers[V::size];
    for (std::size_t j = 0; j < V::size; ++j)
        numbers[j] = static_cast<T>(j);
    return V::load_aligned(numbers);
}

/// The register with every lane from `Count` on set to zero.
template <std::size_t Count, class V>
[[nodiscard]] inline V first_lanes(V value) noexcept {
    if constexpr (Count >= V::size)
        return value;
    else
        return xsimd::select(lane_numbers<V>() < V(static_cast<typename V::value_type>(Count)), value, V(0));
}

/// Reads `Count` elements, zero in the other lanes, and touches no memory behind them.
template <std::size_t Count, class V>
[[nodiscard]] inline V load_first(const value_type_of<V>* numbers) noexcept {
    if constexpr (std::is_arithmetic_v<V>)
        return *numbers;
    else if constexpr (Count >= V::size)
        return V::load_unaligned(numbers);
    else if constexpr (Count == 1)
        return first_lanes<1>(V(*numbers)); // a wide load behind a narrow store would wait for the store
    else if constexpr (Count * sizeof(value_type_of<V>) == 8 && V::size * sizeof(value_type_of<V>) == 16) {
        using halves = xsimd::batch<double, typename V::arch_type>;
        double first; // only its bits matter
        std::memcpy(&first, numbers, sizeof first);
        return internal::same_bits<V>(halves{first, 0.0});
    } else {
#if defined(__AVX__)
        return internal::load_masked<Count, V>(numbers);
#else
        alignas(alignment) typename V::value_type lanes[V::size]{};
        std::memcpy(lanes, numbers, Count * sizeof(typename V::value_type));
        return V::load_aligned(lanes);
#endif
    }
}

/// The same from memory that goes on for a register at least, where a masked wide load may be faster.
template <std::size_t Count, class V>
[[nodiscard]] inline V load_first_of_more(const value_type_of<V>* numbers) noexcept {
    if constexpr (Count < V::size && Count * sizeof(value_type_of<V>) <= 8)
        return load_first<Count, V>(numbers);
    else
        return first_lanes<Count>(V::load_unaligned(numbers));
}

/// Writes the first `Count` lanes and touches no memory behind them.
template <std::size_t Count, class V>
inline void store_first(V value, value_type_of<V>* numbers) noexcept {
    if constexpr (std::is_arithmetic_v<V>)
        *numbers = value;
    else if constexpr (Count >= V::size)
        value.store_unaligned(numbers);
    else
        internal::store_lanes<Count>(internal::compiler_lanes(value), numbers);
}

} // namespace strata::bedrock::inline STRATA_SETTING
