// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/setting.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// What NumPy writes in front of an array: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
///
/// xtensor's reader of it (0.24) is not used: it takes the second byte of the header's length for a signed
/// number, so valid headers of 128 to 255 bytes are lost to it; it allocates what a header claims; and it
/// does not notice that a file ends early.
class npy_header {
public:
    std::string type;
    bool columns_first = false;
    std::vector<std::uint64_t> extents;

    /// Reads the header, after which `file` stands at the first element. A reader is an `input_file`, or
    /// reads bytes and fails as one does.
    template <class Reader>
    explicit npy_header(Reader& file) : reader_(&file), fail_(fail_reader<Reader>) {
        std::array<char, 8> start;
        file.read(start.data(), start.size(), "a .npy header");
        if (std::memcmp(start.data(), "\x93NUMPY", 6) != 0)
            file.fail(0, "the mark \\x93NUMPY that begins a .npy file", shown({start.data(), 6}));
        const int version = start[6];
        if (version < 1 || version > 3)
            file.fail(6, "a .npy file of version 1, 2 or 3", "version " + std::to_string(version));

        std::array<unsigned char, 4> stored{};
        file.read(stored.data(), version == 1 ? 2 : 4, "a .npy header's length");
        const auto length = stored[0] | std::size_t{stored[1]} << 8 | std::size_t{stored[2]} << 16 |
                            std::size_t{stored[3]} << 24;
        // The real ones have some hundred bytes; NumPy itself takes no more than 10000.
        constexpr std::size_t longest = 1u << 16;
        if (length > longest)
            file.fail(8, "a header of at most " + std::to_string(longest) + " bytes", std::to_string(length));
        dictionary_offset_ = file.position();
        text_.resize(length);
        file.read(text_.data(), length, "a .npy header");
        read_dictionary();
    }

private:
    void read_dictionary() {
        bool has_type = false, has_order = false, has_shape = false;
        expect('{');
        while (!accept('}')) {
            const auto key_position = position_;
            const auto key = read_string();
            expect(':');
            if (key == "descr") {
                type = read_string();
                has_type = true;
            } else if (key == "fortran_order") {
                columns_first = read_bool();
                has_order = true;
            } else if (key == "shape") {
                read_shape();
                has_shape = true;
            } else {
                fail(key_position, "one of the keys descr, fortran_order and shape");
            }
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        if (!has_type || !has_order || !has_shape)
            stop(dictionary_offset_, "a header with the keys descr, fortran_order and shape", shown(text_));
    }

    std::string_view read_string() {
        skip_blanks();
        const char quote = position_ < text_.size() ? text_[position_] : ' ';
        if (quote != '\'' && quote != '"')
            fail(position_, "a text in quotes");
        const auto end = text_.find(quote, position_ + 1);
        if (end == text_.npos)
            fail(position_, "a text in quotes");
        const auto result = std::string_view(text_).substr(position_ + 1, end - position_ - 1);
        position_ = end + 1;
        return result;
    }

    bool read_bool() {
        skip_blanks();
        for (const std::string_view word : {"True", "False"})
            if (text_.compare(position_, word.size(), word) == 0) {
                position_ += word.size();
                return word == "True";
            }
        fail(position_, "True or False");
    }

    void read_shape() {
        extents.clear();
        expect('(');
        while (!accept(')')) {
            skip_blanks();
            std::uint64_t extent = 0;
            const auto begin = text_.data() + position_;
            const auto [parsed_end, problem] = std::from_chars(begin, text_.data() + text_.size(), extent);
            if (problem != std::errc{})
                fail(position_, "an extent");
            position_ += static_cast<std::size_t>(parsed_end - begin);
            accept('L'); // Python 2 wrote an extent as 3L
            extents.push_back(extent);
            if (!accept(',')) {
                expect(')');
                break;
            }
        }
    }

    void skip_blanks() {
        while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\n'))
            ++position_;
    }
    bool accept(char symbol) {
        skip_blanks();
        const bool accepted = position_ < text_.size() && text_[position_] == symbol;
        position_ += accepted;
        return accepted;
    }
    void expect(char symbol) {
        if (!accept(symbol))
            fail(position_, shown({&symbol, 1}));
    }
    [[noreturn]] void fail(std::size_t offset, std::string_view expected) const {
        stop(dictionary_offset_ + offset, expected,
             offset < text_.size() ? shown(std::string_view(text_).substr(offset)) : "the end of the header");
    }

    [[noreturn]] void stop(std::uint64_t offset, std::string_view expected, std::string_view found) const {
        fail_(reader_, offset, expected, found);
        std::abort(); // which a reader's failure does not come to
    }
    template <class Reader>
    static void fail_reader(const void* reader, std::uint64_t offset, std::string_view expected,
                            std::string_view found) {
        static_cast<const Reader*>(reader)->fail(offset, expected, found);
    }

    const void* reader_;
    void (*fail_)(const void*, std::uint64_t, std::string_view, std::string_view);
    std::string text_;
    std::uint64_t dictionary_offset_ = 0;
    std::size_t position_ = 0;
};

/// The header of an array whose last axis is the fastest, as NumPy's documentation of the format has it
/// (numpy.lib.format, version 1.0): elements begin at a multiple of 64 bytes.
///
/// xtensor's writer is not used: it writes extents by the program's locale, as 1,000.
template <class Extents>
std::string npy_header_text(const std::string& type, const Extents& extents) {
    std::string text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (";
    for (const auto extent : extents)
        text += std::to_string(extent) + (extents.size() == 1 ? "," : ", ");
    if (extents.size() > 1)
        text.resize(text.size() - 2);
    text += "), }";
    constexpr std::size_t start = 10; // the mark, the version and the length
    text.resize((start + text.size() + 1 + 63) / 64 * 64 - start - 1, ' ');
    text += '\n';
    const char length[] = {static_cast<char>(text.size() & 255), static_cast<char>(text.size() >> 8)};
    return std::string("\x93NUMPY\x01\0", 8).append(length, 2).append(text);
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
