// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/random/dropout.hpp>
#include <strata/kernels/simd.hpp>
#include <strata/kernels/threads/team.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Which elements of a stage's output its dropouts keep in a step, a bit for each: [dropouts][samples]
/// [elements], where those of a dropout begin with a byte of their own. They are drawn once, four samples at
/// a time as Philox gives four words, and read where the tail is computed and where its slope is.
struct dropout_choices {
    const std::uint8_t* bits = nullptr;
    std::size_t dropout_bytes = 0; ///< from dropout to dropout

    /// The bytes of a dropout for so many elements of all samples. A register's bits are read as four bytes.
    [[nodiscard]] static constexpr std::size_t bytes_of(std::size_t elements) noexcept {
        return (elements + 7) / 8 + sizeof(std::uint32_t);
    }

    /// What a dropout multiplies elements from `first` on with, counted over all samples: 0 or `scale`.
    template <class V>
    [[nodiscard, gnu::always_inline]] V factors(std::size_t dropout, std::size_t first,
                                                value_type_of<V> scale) const noexcept {
        std::uint32_t chosen;
        std::memcpy(&chosen, bits + dropout * dropout_bytes + first / 8, sizeof chosen);
#if defined(__AVX512F__)
        // xsimd would select integers, which g++ does not compile without optimization.
        if constexpr (sizeof(V) == 64 && sizeof(scale) == 4)
            return _mm512_maskz_mov_ps(static_cast<__mmask16>(chosen >> first % 8),
                                       static_cast<typename V::register_type>(V(scale)));
        else if constexpr (sizeof(V) == 64)
            return _mm512_maskz_mov_pd(static_cast<__mmask8>(chosen >> first % 8),
                                       static_cast<typename V::register_type>(V(scale)));
        else
#endif
            return select_lanes<V>(chosen >> first % 8, scale);
    }

private:
    template <class V>
    [[nodiscard, gnu::always_inline]] static V select_lanes(std::uint32_t chosen,
                                                            value_type_of<V> scale) noexcept {
        using bits_type = std::conditional_t<sizeof(scale) == 4, std::uint32_t, std::uint64_t>;
        using B = simd<bits_type, V::size>;
        alignas(alignment) constexpr auto lane_bits = [] {
            std::array<bits_type, V::size> result{};
            for (std::size_t j = 0; j < V::size; ++j)
                result[j] = bits_type{1} << j;
            return result;
        }();
        const B lanes = B(bits_type{chosen}) & B::load_aligned(lane_bits.data());
        const B zero(bits_type{0});
        return internal::same_bits<V>(xsimd::select(lanes == zero, zero, B(std::bit_cast<bits_type>(scale))));
    }
};

/// Draws the choices of one dropout for samples of so many elements, a team together: this thread writes
/// bytes of its own. The threads must meet before they are read.
[[gnu::noinline]] inline void draw_choices(std::uint8_t* bits, const dropout_key& key, std::uint32_t dropout,
                                           double rate, std::size_t elements, std::size_t samples,
                                           const team& threads) noexcept {
    using internal::drawn_elements;
    const std::uint32_t threshold = internal::dropout_threshold(rate);
    // Samples of whole bytes are cut into runs. Of others, eight together have whole bytes.
    const bool is_whole = elements % 8 == 0;
    const std::size_t together = is_whole ? 4 : 8;
    const std::size_t run = is_whole ? 8 * drawn_elements : std::max<std::size_t>(elements, 1);
    const std::size_t runs = (elements + run - 1) / run;
    const team::range mine = threads.share((samples + together - 1) / together * runs);
    for (std::size_t number = mine.begin; number < mine.end; ++number) {
        const std::size_t first_sample = number / runs * together;
        const std::size_t last_sample = std::min(first_sample + together, samples);
        const std::size_t begin = number % runs * run;
        const std::size_t end = std::min(begin + run, elements);
        if (!is_whole)
            std::fill(bits + first_sample * elements / 8, bits + (last_sample * elements + 7) / 8,
                      std::uint8_t{0});
        for (std::size_t group = first_sample; group < last_sample; group += 4)
            for (std::size_t element = begin; element < end; element += drawn_elements) {
                const std::size_t count = std::min(drawn_elements, end - element);
                const std::array<std::uint32_t, 4> drawn = internal::choose_elements(
                    key, dropout, threshold, element, count, (key.first_sample + group) / 4);
                const std::uint32_t whole = ~std::uint32_t{0} >> (drawn_elements - count);
                for (std::size_t w = 0; w < 4 && group + w < last_sample; ++w) {
                    const std::size_t place = (group + w) * elements + element;
                    std::uint8_t* byte = bits + place / 8;
                    std::uint64_t chosen = drawn[w] & whole;
                    if (is_whole)
                        for (std::size_t i = 0; i < count; i += 8)
                            *byte++ = static_cast<std::uint8_t>(chosen >> i);
                    else
                        for (chosen <<= place % 8; chosen != 0; chosen >>= 8)
                            *byte++ |= static_cast<std::uint8_t>(chosen);
                }
            }
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
