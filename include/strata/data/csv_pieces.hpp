// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/csv_fields.hpp>
#include <strata/data/input_file.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Cuts a file between records into pieces of so many bytes at least, or of one record where that is longer.
/// Where records end depends on quotes, and what begins with a quote is what `csv_fields` takes for it.
class csv_pieces {
public:
    csv_pieces(const std::filesystem::path& path, char separator, std::size_t piece_bytes)
        : file_(path), separator_(separator), piece_bytes_(std::max(piece_bytes, byte_order_mark.size())) {
        grow();
        if (buffer_.starts_with(byte_order_mark)) // which is in front of a field, not of it
            scanned_ = byte_order_mark.size();
    }

    [[nodiscard]] bool is_packed() const noexcept { return file_.is_packed(); }
    /// The byte behind the piece that was given.
    [[nodiscard]] std::uint64_t end() const noexcept { return file_.position() - (buffer_.size() - end_); }
    /// Goes to a byte at which a record begins, to read little from there. An error where the file is packed.
    void seek(std::uint64_t byte) {
        constexpr std::size_t little = 2048;
        file_.seek(byte);
        buffer_.clear();
        end_ = scanned_ = 0;
        place_ = place::field_begin;
        is_whole_ = false;
        piece_bytes_ = std::min(piece_bytes_, little);
    }

    /// The next piece, which stays until the one after it is asked for; empty behind the last.
    std::string_view next() {
        buffer_.erase(0, end_);
        scanned_ -= end_;
        for (end_ = 0;;) {
            scan();
            if (is_whole_ && end_ == 0)
                end_ = buffer_.size();
            if (is_whole_ || end_ > 0)
                return std::string_view(buffer_).substr(0, end_);
            grow();
        }
    }

private:
    enum class place { field_begin, field, quotes, quote_in_quotes };

    void grow() {
        const std::size_t old_size = buffer_.size();
        const std::size_t step = std::max(piece_bytes_, old_size);
        buffer_.resize(old_size + step);
        const std::size_t count = file_.read_part(buffer_.data() + old_size, step, "the rest of the file");
        buffer_.resize(old_size + count);
        if (count < step) {
            file_.expect_end();
            is_whole_ = true;
        }
    }

    /// Looks for the last end of a record.
    void scan() {
        for (; scanned_ < buffer_.size(); ++scanned_) {
            const char character = buffer_[scanned_];
            if (place_ == place::quotes) {
                if (character == '"')
                    place_ = place::quote_in_quotes;
            } else if (place_ == place::quote_in_quotes && character == '"')
                place_ = place::quotes;
            else if (character == separator_)
                place_ = place::field_begin;
            else if (character == '\n' || character == '\r') {
                // CR LF is one end of a line, also where its second byte has not been read yet.
                if (character == '\r' && scanned_ + 1 == buffer_.size() && !is_whole_)
                    return;
                if (character == '\r' && scanned_ + 1 < buffer_.size() && buffer_[scanned_ + 1] == '\n')
                    ++scanned_;
                place_ = place::field_begin;
                end_ = scanned_ + 1;
            } else if (place_ == place::field_begin && character == '"')
                place_ = place::quotes;
            else if (place_ == place::quote_in_quotes || (character != ' ' && character != '\t'))
                place_ = place::field;
        }
    }

    input_file file_;
    std::string buffer_;
    std::size_t end_ = 0;     ///< of the piece that was given
    std::size_t scanned_ = 0; ///< how much of the buffer is known
    place place_ = place::field_begin;
    bool is_whole_ = false; ///< whether the file has been read to its end
    char separator_;
    std::size_t piece_bytes_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
