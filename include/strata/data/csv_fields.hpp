// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// One field, and the place where it begins. `value` is valid until the next field is read.
struct csv_field {
    std::string_view value = {};
    std::size_t line = 1;
    std::size_t column = 1;
    bool ends_record = false;
};

/// What spreadsheets put in front of UTF-8.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Cuts text into fields as RFC 4180 says: a field may stand in quotes and then hold separators, ends of line
/// and doubled quotes. Three liberties, which pandas takes, too: lines may end with LF or CR alone, lines
/// with nothing but blanks are no records, and blanks around a field are dropped.
class csv_fields {
public:
    /// `text` begins with the line of that number. Only the first may have a byte order mark.
    csv_fields(const std::filesystem::path& file, std::string_view text, char separator, std::size_t line = 1)
        : file_(file), text_(text), line_(line), separator_(separator) {
        if (line == 1 && text_.starts_with(byte_order_mark))
            text_.remove_prefix(byte_order_mark.size());
        skip_blank_lines();
    }

    [[nodiscard]] bool done() const noexcept { return done_; }
    /// How many bytes of the text follow.
    [[nodiscard]] std::size_t rest() const noexcept { return text_.size() - position_; }
    /// The number of the line that is read next.
    [[nodiscard]] std::size_t line() const noexcept { return line_; }

    /// Reads the next field. Only to be called while not done().
    csv_field next() {
        skip_blanks();
        csv_field field{.line = line_, .column = column()};
        if (peek() == '"') {
            field.value = quoted_value(field);
            skip_blanks();
        } else {
            const auto start = position_;
            while (!is_field_end())
                ++position_;
            auto value = text_.substr(start, position_ - start);
            if (const auto quote = value.find('"'); quote != value.npos)
                raise(data_error::at_line(file_, line_, field.column + quote,
                                          "a field in quotes as a whole, or without quotes", shown(value)));
            while (!value.empty() && is_blank(value.back()))
                value.remove_suffix(1);
            field.value = value;
        }
        if (!is_field_end()) // only after a closing quote
            raise(data_error::at_line(file_, line_, column(), "a separator or the end of the line",
                                      shown(text_.substr(position_, 1))));
        field.ends_record = position_ == text_.size() || text_[position_] != separator_;
        if (field.ends_record) {
            skip_line_end();
            skip_blank_lines();
        } else
            ++position_;
        return field;
    }

private:
    [[nodiscard]] int peek() const { return position_ < text_.size() ? text_[position_] : -1; }
    [[nodiscard]] std::size_t column() const { return position_ - line_start_ + 1; }
    [[nodiscard]] bool is_blank(char character) const {
        return (character == ' ' || character == '\t') && character != separator_;
    }
    [[nodiscard]] bool is_line_end() const {
        return position_ == text_.size() || text_[position_] == '\n' || text_[position_] == '\r';
    }
    [[nodiscard]] bool is_field_end() const { return is_line_end() || text_[position_] == separator_; }

    void skip_blanks() {
        while (position_ < text_.size() && is_blank(text_[position_]))
            ++position_;
    }

    /// CR LF is one end of a line.
    void pass_line_end() {
        position_ += text_.substr(position_, 2) == "\r\n" ? 2 : 1;
        ++line_;
        line_start_ = position_;
    }

    void skip_line_end() {
        if (position_ < text_.size())
            pass_line_end();
    }

    void skip_blank_lines() {
        for (;;) {
            const auto line_begin = position_;
            skip_blanks();
            if (position_ == text_.size()) {
                done_ = true;
                return;
            }
            if (!is_line_end()) {
                position_ = line_begin;
                return;
            }
            pass_line_end();
        }
    }

    std::string_view quoted_value(const csv_field& field) {
        unquoted_.clear();
        for (++position_;; ++position_) {
            if (position_ == text_.size())
                raise(data_error::at_line(file_, field.line, field.column, "a quote that closes the one here",
                                          "the end of the file"));
            if (text_[position_] == '"') {
                ++position_;
                if (peek() != '"')
                    return unquoted_;
            }
            unquoted_ += text_[position_];
            const bool is_crlf = text_.substr(position_, 2) == "\r\n"; // counted with its second byte
            if (text_[position_] == '\n' || (text_[position_] == '\r' && !is_crlf)) {
                ++line_;
                line_start_ = position_ + 1;
            }
        }
    }

    const std::filesystem::path& file_;
    std::string_view text_;
    std::string unquoted_;
    std::size_t position_ = 0;
    std::size_t line_ = 1;
    std::size_t line_start_ = 0;
    char separator_;
    bool done_ = false;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
