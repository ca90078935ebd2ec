// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>

namespace strata::bedrock::inline STRATA_SETTING {

/// The alignment of every buffer, in bytes: a cache line, and the widest register.
inline constexpr std::size_t alignment = 64;

/// How many numbers a cache line holds.
template <class T>
inline constexpr std::size_t line_size = alignment / sizeof(T);

/// The smallest multiple of `step` that is not below `count`.
[[nodiscard]] constexpr std::size_t round_up(std::size_t count, std::size_t step) noexcept {
    return (count + step - 1) / step * step;
}

/// So many numbers and what fills their last cache line: what lies behind them begins on a line of its own.
template <class T>
[[nodiscard]] constexpr std::size_t whole_lines(std::size_t numbers) noexcept {
    return round_up(numbers, line_size<T>);
}

} // namespace strata::bedrock::inline STRATA_SETTING
