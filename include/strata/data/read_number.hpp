// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/setting.hpp>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <locale.h>
#include <string>
#include <string_view>
#include <system_error>
#include <version>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What the C library reads, with a point, whatever the user's language has. A number out of the range of
/// double comes out as the nearest one, 0 or infinity.
inline double read_digits(const std::string& text, std::size_t& length) {
    static const locale_t plain = newlocale(LC_ALL_MASK, "C", nullptr);
    char* stopped = nullptr;
    const double found = strtod_l(text.c_str(), &stopped, plain);
    length = static_cast<std::size_t>(stopped - text.c_str());
    return found;
}

/// std::from_chars of a double, which libc++ has since version 20 only, but for numbers that are too small:
/// they are the nearest there is, mostly 0, and no error.
inline std::from_chars_result read_number(const char* begin, const char* end, double& number) {
    std::size_t length = 0;
#ifdef __cpp_lib_to_chars
    const auto parsed = std::from_chars(begin, end, number);
    // Too large or too small, which it does not tell.
    if (parsed.ec != std::errc::result_out_of_range)
        return parsed;
    const double found = read_digits(std::string(begin, parsed.ptr), length);
#else
    const std::from_chars_result none{begin, std::errc::invalid_argument};
    // The C library takes more: blanks, a plus sign and hexadecimal digits.
    const char* const digits = begin != end && *begin == '-' ? begin + 1 : begin;
    if (digits == end || std::string_view(".0123456789iInN").find(*digits) == std::string_view::npos)
        return none;
    const bool is_hexadecimal =
        end - digits > 1 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    errno = 0;
    const double found = read_digits(std::string(begin, is_hexadecimal ? digits + 1 : end), length);
    if (length == 0)
        return none;
    const std::from_chars_result parsed{begin + length,
                                        errno == ERANGE ? std::errc::result_out_of_range : std::errc{}};
#endif
    if (parsed.ec == std::errc::result_out_of_range && !internal::is_finite(found))
        return parsed;
    number = found;
    return {parsed.ptr, std::errc{}};
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
