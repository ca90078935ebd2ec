// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <utility>

#if defined(__AVX512VL__) && !defined(__clang__)
#    include <immintrin.h>
#endif

namespace strata::bedrock::inline STRATA_SETTING::internal {

// What xsimd has no functions for, in the vectors that the compilers themselves have for all processors:
// lanes that change places, and some lanes written. By way of the stack either would wait for the stores
// there.

template <class T, std::size_t Lanes>
struct compiler_vector {
    typedef T type __attribute__((vector_size(sizeof(T) * Lanes)));
};

template <class V>
[[gnu::always_inline]] inline auto compiler_lanes(V value) noexcept {
    return std::bit_cast<typename compiler_vector<typename V::value_type, V::size>::type>(value.data);
}

/// The number in the first lane.
template <class V>
[[nodiscard, gnu::always_inline]] inline auto first_lane(V value) noexcept {
    return compiler_lanes(value)[0];
}

/// The number of one lane in all lanes. An instruction of AVX-512 takes it from anywhere; clang makes others
/// of it that take longer. Else, where an instruction exchanges lanes only within a quarter or half of a
/// register, which lasts a third as long, the part with the number is copied first: once for all of its
/// numbers.
template <class V>
[[nodiscard, gnu::always_inline]] inline V broadcast_lane(V value, std::size_t lane) noexcept {
#if defined(__AVX512VL__) && !defined(__clang__)
    if constexpr (V::size == 8 && sizeof(typename V::value_type) == 4)
        return V(_mm256_permutexvar_ps(_mm256_set1_epi32(static_cast<int>(lane)), value));
#elif defined(__AVX__)
    if constexpr (V::size == 8 && sizeof(typename V::value_type) == 4) {
        const auto lanes = compiler_lanes(value);
        auto part = lane < 4 ? __builtin_shufflevector(lanes, lanes, 0, 1, 2, 3, 0, 1, 2, 3)
                             : __builtin_shufflevector(lanes, lanes, 4, 5, 6, 7, 4, 5, 6, 7);
        __asm__("" : "+x"(part)); // or compilers make one exchange of both, which needs more instructions
        switch (lane % 4) {
        case 0:
            return V(std::bit_cast<decltype(value.data)>(
                __builtin_shufflevector(part, part, 0, 0, 0, 0, 4, 4, 4, 4)));
        case 1:
            return V(std::bit_cast<decltype(value.data)>(
                __builtin_shufflevector(part, part, 1, 1, 1, 1, 5, 5, 5, 5)));
        case 2:
            return V(std::bit_cast<decltype(value.data)>(
                __builtin_shufflevector(part, part, 2, 2, 2, 2, 6, 6, 6, 6)));
        default:
            return V(std::bit_cast<decltype(value.data)>(
                __builtin_shufflevector(part, part, 3, 3, 3, 3, 7, 7, 7, 7)));
        }
    }
#endif
    return V(compiler_lanes(value)[lane]);
}

template <class Vector, std::size_t... I>
[[gnu::always_inline]] inline auto double_lanes(Vector lanes, std::index_sequence<I...>) noexcept {
    return __builtin_shufflevector(lanes, lanes, static_cast<int>(I)...);
}

/// A wider register that has the lanes of a narrower one again and again. At once, g++ would make it by way
/// of the stack.
template <class Wide, class Vector>
[[nodiscard, gnu::always_inline]] inline Wide repeat_lanes(Vector lanes) noexcept {
    if constexpr (sizeof lanes == sizeof(Wide))
        return Wide(std::bit_cast<decltype(Wide::data)>(lanes));
    else
        return repeat_lanes<Wide>(
            double_lanes(lanes, std::make_index_sequence<2 * sizeof lanes / sizeof lanes[0]>{}));
}

template <std::size_t First, std::size_t Times, class V, std::size_t... I>
[[gnu::always_inline]] inline V stretch_lanes_in(V value, std::index_sequence<I...>) noexcept {
    const auto lanes = compiler_lanes(value);
    return V(std::bit_cast<decltype(value.data)>(
        __builtin_shufflevector(lanes, lanes, static_cast<int>(First + I / Times)...)));
}

/// The register that has each lane from `First` on so many times in a row.
template <std::size_t First, std::size_t Times, class V>
[[nodiscard, gnu::always_inline]] inline V stretch_lanes(V value) noexcept {
    return stretch_lanes_in<First, Times>(value, std::make_index_sequence<V::size>{});
}

template <std::size_t Step, class V, class Operation, std::size_t... I>
[[gnu::always_inline]] inline V fold_lanes_from(V value, Operation operation,
                                                std::index_sequence<I...> all) noexcept {
    if constexpr (Step == 0)
        return value;
    else {
        const auto lanes = compiler_lanes(value);
        const auto exchanged = __builtin_shufflevector(lanes, lanes, static_cast<int>(I ^ Step)...);
        const V other(std::bit_cast<decltype(value.data)>(exchanged));
        return fold_lanes_from<Step / 2>(operation(value, other), operation, all);
    }
}

/// One number from all lanes, by halves: each lane with the one half a register further, then a quarter, and
/// so on. Every lane has the result, of an operation whose operands may change places.
template <class V, class Operation>
[[nodiscard, gnu::always_inline]] inline V fold_lanes(V value, Operation operation) noexcept {
    return fold_lanes_from<V::size / 2>(value, operation, std::make_index_sequence<V::size>{});
}

template <std::size_t First, class Vector, std::size_t... I>
[[gnu::always_inline]] inline auto part_of_lanes(Vector lanes, std::index_sequence<I...>) noexcept {
    return __builtin_shufflevector(lanes, lanes, static_cast<int>(First + I)...);
}

/// Writes the first `Count` of some lanes, half by half: a processor has an instruction for a half of a
/// register.
template <std::size_t Count, class Vector, class T>
[[gnu::always_inline]] inline void store_lanes(Vector lanes, T* numbers) noexcept {
    constexpr std::size_t half = sizeof(Vector) / sizeof(T) / 2;
    if constexpr (Count == 2 * half)
        std::memcpy(numbers, &lanes, sizeof lanes);
    else if constexpr (Count == 1)
        *numbers = lanes[0];
    else if constexpr (half == 2 && Count == 3) {
        store_lanes<2>(part_of_lanes<0>(lanes, std::make_index_sequence<2>{}), numbers);
        numbers[2] = lanes[2];
    } else {
        constexpr std::make_index_sequence<half> all{};
        store_lanes<std::min(Count, half)>(part_of_lanes<0>(lanes, all), numbers);
        if constexpr (Count > half)
            store_lanes<Count - half>(part_of_lanes<half>(lanes, all), numbers + half);
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
