// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/kernels/random/drawn_bits.hpp>
#include <strata/kernels/random/dropout_key.hpp>
#include <strata/random/philox.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
constexpr std::uint32_t dropout_threshold(double rate) { return static_cast<std::uint32_t>(rate * 0x1p32); }

/// Which of `count` elements a dropout keeps, 32 at most, from `element` of a sample on: bit j of number w
/// tells of sample 4 sample_group + w. The choice depends on the key, the sample and the place in it alone.
[[nodiscard]] inline std::array<std::uint32_t, 4>
choose_elements(const dropout_key& key, std::uint32_t dropout, std::uint32_t threshold, std::size_t element,
                std::size_t count, std::size_t sample_group) noexcept {
    const std::uint32_t stream =
        static_cast<std::uint32_t>(draw_purpose::dropout) + ((key.layer * 8 + dropout) << 4);
    return draw_bits(
        {static_cast<std::uint32_t>(element), {static_cast<std::uint32_t>(sample_group), key.step, stream}},
        key.seed, threshold, count);
}
} // namespace internal

/// The factors, 0 or 1 / (1 - rate), of the first `count` elements of a sample.
template <class T>
[[gnu::noinline]] void draw_dropout(T* factors, std::size_t count, const dropout_key& key,
                                    std::uint32_t dropout, double rate, std::size_t sample) noexcept {
    using internal::drawn_elements;
    sample += key.first_sample;
    const std::uint32_t threshold = internal::dropout_threshold(rate);
    const T scale = static_cast<T>(1 / (1 - rate));
    for (std::size_t element = 0; element < count; element += drawn_elements) {
        const std::size_t end = std::min(drawn_elements, count - element);
        const std::uint32_t chosen =
            internal::choose_elements(key, dropout, threshold, element, end, sample / 4)[sample % 4];
        for (std::size_t j = 0; j < end; ++j)
            factors[element + j] = (chosen >> j & 1) != 0 ? scale : T(0);
    }
}

} // namespace strata::bedrock::inline STRATA_SETTING
