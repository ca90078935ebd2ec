// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace strata {

/// Thrown by everything in strata/data/: a file, an array or an option that does not fit. Nothing is
/// half-loaded when it is thrown. Where a file is at fault the message reads
///     FILE, at byte 16: expected 47040000 bytes of uint8 values (60000 x 28 x 28), found 1000
///     FILE, line 3, column 7: expected a number for "age", found "abc"
class data_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;

    [[nodiscard]] static data_error in_file(const std::filesystem::path& file, std::string_view expected,
                                            std::string_view found) {
        return compose(file.string(), expected, found);
    }

    /// `offset` counts from 0; in a gzip file it counts the unpacked bytes.
    [[nodiscard]] static data_error at_byte(const std::filesystem::path& file, std::uint64_t offset,
                                            std::string_view expected, std::string_view found) {
        return compose(detail::concatenate(file.string(), ", at byte ", offset), expected, found);
    }

    /// `line` and `column` count from 1, as editors do; `column` counts bytes.
    [[nodiscard]] static data_error at_line(const std::filesystem::path& file, std::size_t line,
                                            std::size_t column, std::string_view expected,
                                            std::string_view found) {
        return compose(detail::concatenate(file.string(), ", line ", line, ", column ", column), expected,
                       found);
    }

private:
    static data_error compose(std::string place, std::string_view expected, std::string_view found) {
        return data_error{place.append(": expected ").append(expected).append(", found ").append(found)};
    }
};

} // namespace strata

namespace strata::inline STRATA_SETTING::internal {

/// Text from a file as it may stand in a message: in quotes, short, without control characters.
inline std::string shown(std::string_view text_found) {
    constexpr std::size_t longest = 60;
    constexpr char digits[] = "0123456789abcdef";
    std::string result = "\"";
    for (const char each : text_found.substr(0, longest)) {
        const auto code = static_cast<unsigned char>(each);
        if (code < 0x20 || code == 0x7f)
            result.append("\\x").append(1, digits[code / 16]).append(1, digits[code % 16]);
        else
            result += each;
    }
    return result.append(text_found.size() > longest ? "...\"" : "\"");
}

} // namespace strata::inline STRATA_SETTING::internal
