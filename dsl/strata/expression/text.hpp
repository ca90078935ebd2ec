// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>
#include <string_view>

// A compiler's message names these, so they are in no setting: what they do, they do while compiling.
namespace strata::bedrock {

/// A string that can be a template argument: the names of variables and layers, and the sentences of
/// diagnostics. `Size` counts the terminating zero.
template <std::size_t Size>
struct text {
    char characters[Size]{};

    constexpr text() = default;
    constexpr text(const char (&literal)[Size]) { put(0, literal, Size); }

    [[nodiscard]] constexpr std::string_view view() const { return {characters, Size - 1}; }
    constexpr operator std::string_view() const { return view(); }

    /// A loop of our own: std::copy_n of a library that checks itself is no constant expression.
    constexpr void put(std::size_t begin, const char* source, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            characters[begin + i] = source[i];
    }
};

template <std::size_t Left, std::size_t Right>
[[nodiscard]] constexpr auto operator+(const text<Left>& left, const text<Right>& right) {
    text<Left + Right - 1> joined;
    joined.put(0, left.characters, Left - 1);
    joined.put(Left - 1, right.characters, Right);
    return joined;
}

template <std::size_t Left, std::size_t Right>
[[nodiscard]] constexpr auto operator+(const text<Left>& left, const char (&right)[Right]) {
    return left + text<Right>(right);
}

template <std::size_t Left, std::size_t Right>
[[nodiscard]] constexpr auto operator+(const char (&left)[Left], const text<Right>& right) {
    return text<Left>(left) + right;
}

} // namespace strata::bedrock

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
constexpr std::size_t decimal_digits(std::size_t number) {
    std::size_t digits = 1;
    for (; number >= 10; number /= 10)
        ++digits;
    return digits;
}
} // namespace detail

/// The decimal digits of a whole number: `number_text<784> == text("784")`.
template <std::size_t Number>
inline constexpr auto number_text = [] {
    constexpr std::size_t digits = detail::decimal_digits(Number);
    text<digits + 1> result;
    std::size_t rest = Number;
    for (std::size_t i = digits; i-- > 0; rest /= 10)
        result.characters[i] = static_cast<char>('0' + rest % 10);
    return result;
}();

} // namespace strata::bedrock::inline STRATA_SETTING
