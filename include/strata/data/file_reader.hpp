// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace strata::inline STRATA_SETTING {

/// A file to read from front to back. Every failure is a data_error with the file's name and the byte at
/// which it happened. `Source` opens the file, reads its bytes, and knows whether they are packed and broken
/// off.
template <class Source>
class file_reader {
public:
    explicit file_reader(std::filesystem::path path) : path_(std::move(path)) {
        std::error_code error;
        const auto status = std::filesystem::status(path_, error);
        if (!std::filesystem::exists(status))
            internal::raise(data_error::in_file(path_, "a file", "nothing of this name"));
        // Only a regular file has a size to check headers against.
        if (!std::filesystem::is_regular_file(status))
            internal::raise(data_error::in_file(
                path_, "a file", std::filesystem::is_directory(status) ? "a directory" : "a special file"));
        stored_size_ = std::filesystem::file_size(path_, error);
        bool is_open = false;
        if (!error) {
            errno = 0;
            is_open = source_.open(path_.string().c_str());
            error = {errno, std::generic_category()};
        }
        if (!is_open)
            internal::raise(data_error::in_file(path_, "a file that can be read", error.message()));
    }

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// How many (unpacked) bytes have been read.
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

    /// Reads exactly `count` bytes; fewer are an error which calls them `what`.
    void read(void* to, std::size_t count, std::string_view what) {
        const auto start = position_;
        const auto got = read_some(to, count, what);
        if (got < count)
            fail(start, byte_text(count, what),
                 std::to_string(got) + (source_.is_broken_off() ? ", where the gzip data break off" : ""));
    }

    /// Throws unless exactly `count` bytes can be left, so that a lying header allocates nothing. For a plain
    /// file the answer is exact. A gzip file does not tell: there, `count` is held against the most that its
    /// packed size can unpack to, and read() and expect_end() have the last word.
    void expect_left(std::uint64_t count, std::string_view what) const {
        if (source_.is_packed()) {
            // Deflate spends two bits at least on a run of 258 bytes: 1032 to 1.
            const auto most = stored_size_ * 1032;
            if (count > most - std::min(most, position_))
                fail(position_, byte_text(count, what),
                     "a gzip file of " + std::to_string(stored_size_) + " bytes, which cannot hold as many");
        } else {
            const auto left = stored_size_ - position_;
            if (left < count)
                fail(position_, byte_text(count, what), std::to_string(left));
            if (left > count)
                fail(position_ + count, "the end of the file", std::to_string(left - count) + " more bytes");
        }
    }

    /// Throws unless everything has been read. Also the place where a gzip file's checksum is verified.
    void expect_end() {
        char next;
        if (read_some(&next, 1, "the end of the file") != 0)
            fail(position_ - 1, "the end of the file", "more bytes");
        if (source_.is_broken_off())
            fail(position_, "the end of the gzip data", "that they break off");
    }

    /// Everything that has not been read yet.
    [[nodiscard]] std::string read_rest() {
        std::string result;
        // Grows with what is really there, so that a small gzip file allocates no more than it unpacks to.
        for (std::size_t step = source_.is_packed() ? 1u << 17 : stored_size_ + 1;; step = result.size()) {
            const auto kept = result.size();
            result.resize(kept + step);
            const auto got = read_some(result.data() + kept, step, "the rest of the file");
            if (got < step) {
                result.resize(kept + got);
                break;
            }
        }
        expect_end();
        return result;
    }

    [[noreturn]] void fail(std::uint64_t offset, std::string_view expected, std::string_view found) const {
        internal::raise(data_error::at_byte(path_, offset, expected, found));
    }

private:
    static std::string byte_text(std::uint64_t count, std::string_view what) {
        return std::to_string(count).append(" bytes of ").append(what);
    }

    std::size_t read_some(void* to, std::size_t count, std::string_view what) {
        std::size_t got = 0;
        while (got < count) {
            const auto part = static_cast<unsigned>(std::min<std::size_t>(count - got, 1u << 30));
            const auto come = source_.read(static_cast<char*>(to) + got, part);
            if (come < 0)
                fail(position_, what, source_.reason(path_.string()));
            if (come == 0)
                break;
            got += static_cast<std::size_t>(come);
            position_ += static_cast<std::uint64_t>(come);
        }
        return got;
    }

    std::filesystem::path path_;
    Source source_;
    std::uint64_t stored_size_ = 0;
    std::uint64_t position_ = 0;
};

} // namespace strata::inline STRATA_SETTING
