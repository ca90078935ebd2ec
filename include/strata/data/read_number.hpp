// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/finite.hpp>
#include <strata/setting.hpp>

#include <charconv>
#include <version>

#ifndef __cpp_lib_to_chars
#    include <cerrno>
#    include <cstdlib>
#    include <locale.h>
#    include <string>
#    include <string_view>
#    include <system_error>
#endif

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// std::from_chars of a double, which libc++ has since version 20 only.
inline std::from_chars_result read_number(const char* begin, const char* end, double& number) {
#ifdef __cpp_lib_to_chars
    return std::from_chars(begin, end, number);
#else
    const std::from_chars_result none{begin, std::errc::invalid_argument};
    // The C library takes more: blanks, a plus sign and hexadecimal digits.
    const char* const digits = begin != end && *begin == '-' ? begin + 1 : begin;
    if (digits == end || std::string_view(".0123456789iInN").find(*digits) == std::string_view::npos)
        return none;
    const bool is_hexadecimal =
        end - digits > 1 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    const std::string text(begin, is_hexadecimal ? digits + 1 : end);
    static const locale_t plain =
        newlocale(LC_ALL_MASK, "C", nullptr); // with a point, whatever the user's has
    char* stopped = nullptr;
    errno = 0;
    const double found = strtod_l(text.c_str(), &stopped, plain);
    if (stopped == text.c_str())
        return none;
    const char* const after = begin + (stopped - text.c_str());
    // Denormal numbers are within the range, though the C library says so of them, too.
    if (errno == ERANGE && (!internal::is_finite(found) || found == 0))
        return {after, std::errc::result_out_of_range};
    number = found;
    return {after, std::errc{}};
#endif
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
