// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace strata::bedrock {

/// Thrown by everything in strata/data/: a file, an array or an option that does not fit. Nothing is
/// half-loaded when it is thrown. Where a file is at fault the message reads
///     FILE, at byte 16: expected 47040000 bytes of uint8 values (60000 x 28 x 28), found 1000
///     FILE, line 3, column 7: expected a number for "age", found "abc"
class data_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;

    static constexpr const char* kind = "strata::data_error"; ///< what an error handler is told

    /// `file` is a path, or the text that names where the bytes are.
    template <class File>
    [[nodiscard]] static data_error in_file(const File& file, std::string_view expected,
                                            std::string_view found) {
        return compose(name(file), expected, found);
    }

    /// `offset` counts from 0; in a gzip file it counts the unpacked bytes.
    template <class File>
    [[nodiscard]] static data_error at_byte(const File& file, std::uint64_t offset, std::string_view expected,
                                            std::string_view found) {
        return compose(detail::concatenate(name(file), ", at byte ", offset), expected, found);
    }

    /// `line` and `column` count from 1, as editors do; `column` counts bytes.
    template <class File>
    [[nodiscard]] static data_error at_line(const File& file, std::size_t line, std::size_t column,
                                            std::string_view expected, std::string_view found) {
        return compose(detail::concatenate(name(file), ", line ", line, ", column ", column), expected,
                       found);
    }

private:
    // std::filesystem::path is left to those who open files.
    template <class File>
    static std::string name(const File& file) {
        if constexpr (requires { file.string(); })
            return file.string();
        else
            return std::string(file);
    }
    [[gnu::noinline]] static data_error compose(const std::string& place, std::string_view expected,
                                                std::string_view found) {
        // What comes from memory has no place.
        return data_error{
            detail::concatenate(place, place.empty() ? "" : ": ", "expected ", expected, ", found ", found)};
    }
};

} // namespace strata::bedrock

namespace strata::bedrock::inline STRATA_SETTING::internal {

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

/// "only "a", "b"", what there is instead of a name that was asked for; or `none`.
inline std::string shown_names(const std::vector<std::string>& names, std::string_view none) {
    std::string result;
    for (const std::string& name : names)
        result.append(result.empty() ? "only " : ", ").append(shown(name));
    return result.empty() ? std::string(none) : result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal

namespace strata {
using bedrock::data_error;
} // namespace strata
