// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// A day, and the seconds since it began.
struct date_time {
    std::chrono::year_month_day day;
    double seconds = 0;
};

/// Takes so many digits from the front; nothing where they are none.
inline std::optional<unsigned> take_digits(std::string_view& text, std::size_t count) {
    unsigned result = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9')
            return {};
        result = 10 * result + static_cast<unsigned>(text[i] - '0');
    }
    text.remove_prefix(count);
    return result;
}

inline bool take_symbol(std::string_view& text, char symbol) {
    if (!text.starts_with(symbol))
        return false;
    text.remove_prefix(1);
    return true;
}

/// Reads a date as ISO 8601 writes it, 2026-11-26, alone or before a time of day behind a T or a blank: 14:05
/// or 14:05:30, with Z or nothing behind it. Nothing for any other text, and for a day or time that does not
/// exist.
inline std::optional<date_time> read_date(std::string_view text) {
    const auto year = take_digits(text, 4);
    if (!year || !take_symbol(text, '-'))
        return {};
    const auto month = take_digits(text, 2);
    if (!month || !take_symbol(text, '-'))
        return {};
    const auto day = take_digits(text, 2);
    if (!day)
        return {};
    date_time result{std::chrono::year(static_cast<int>(*year)) / static_cast<int>(*month) /
                     static_cast<int>(*day)};
    if (!result.day.ok())
        return {};
    if (text.empty())
        return result;
    if (!take_symbol(text, 'T') && !take_symbol(text, ' '))
        return {};
    const auto hour = take_digits(text, 2);
    if (!hour || !take_symbol(text, ':'))
        return {};
    const auto minute = take_digits(text, 2);
    std::optional<unsigned> second = 0u;
    if (minute && take_symbol(text, ':'))
        second = take_digits(text, 2);
    take_symbol(text, 'Z');
    if (!minute || !second || !text.empty() || *hour > 23 || *minute > 59 || *second > 59)
        return {};
    result.seconds = 3600.0 * *hour + 60.0 * *minute + *second;
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
