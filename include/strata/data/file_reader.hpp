// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/sequential_reader.hpp>
#include <strata/expression/concatenate.hpp>
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

namespace strata::bedrock::inline STRATA_SETTING {

/// A file to read from front to back. Every failure is a data_error with the file's name and the byte at
/// which it happened. `Source` opens the file, reads its bytes, and knows whether they are packed, and
/// whether the packed data end too early.
template <class Source>
class file_reader : public internal::sequential_reader<file_reader<Source>> {
    using base = internal::sequential_reader<file_reader>;
    friend base;

public:
    using base::fail;
    using base::position;

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
    /// In bytes, packed where the file is.
    [[nodiscard]] std::uint64_t stored_size() const noexcept { return stored_size_; }
    /// Reads `count` bytes, or as many as there are, and returns how many.
    [[nodiscard]] std::size_t read_part(void* destination, std::size_t count, std::string_view what) {
        return this->read_some(destination, count, what);
    }

    [[nodiscard]] bool is_packed() const noexcept { return source_.is_packed(); }
    /// Goes to a byte. Throws where the file is packed, since all before that byte would have to be unpacked.
    void seek(std::uint64_t place) {
        if (source_.is_packed())
            fail(position(), "a file that is not packed, to read it in any order", "gzip data");
        if (!source_.seek(place))
            fail(place, "a byte to go to", source_.reason(path_.string()));
        this->set_position(place);
    }

    /// Throws unless exactly `count` bytes can remain, so that a header that lies allocates nothing. For a
    /// plain file the answer is exact. A gzip file does not tell: there, `count` is compared with the most
    /// that its packed size can unpack to, and read() and expect_end() find out the rest.
    void expect_left(std::uint64_t count, std::string_view what) const {
        if (source_.is_packed()) {
            // Deflate spends two bits at least on a run of 258 bytes, so a byte unpacks to 1032 at most.
            const auto limit = stored_size_ * 1032;
            if (count > limit - std::min(limit, position()))
                fail(position(), internal::byte_text(count, what),
                     internal::concatenate("a gzip file of ", stored_size_,
                                           " bytes, which cannot hold as many"));
        } else
            this->expect_count(stored_size_ - position(), count, what);
    }

    /// Throws unless everything has been read. Also the place where a gzip file's checksum is verified.
    void expect_end() {
        this->expect_no_byte();
        if (source_.is_truncated())
            fail(position(), "the end of the gzip data", "that they break off");
    }

    /// Everything that has not been read yet.
    [[nodiscard]] std::string read_rest() {
        std::string result;
        // Grows with what is really there, so that a small gzip file allocates no more than it unpacks to.
        for (std::size_t step = source_.is_packed() ? 1u << 17 : stored_size_ + 1;; step = result.size()) {
            const auto old_size = result.size();
            result.resize(old_size + step);
            const auto count_read = this->read_some(result.data() + old_size, step, "the rest of the file");
            if (count_read < step) {
                result.resize(old_size + count_read);
                break;
            }
        }
        expect_end();
        return result;
    }

private:
    static constexpr std::string_view end_text = "the end of the file";
    [[nodiscard]] const std::filesystem::path& source_name() const noexcept { return path_; }
    auto receive(void* destination, std::size_t count) {
        return source_.read(destination, static_cast<unsigned>(std::min<std::size_t>(count, 1u << 30)));
    }
    [[nodiscard]] std::string reason() const { return source_.reason(path_.string()); }
    [[nodiscard]] std::string_view break_text() const {
        return source_.is_truncated() ? ", where the gzip data break off" : "";
    }

    std::filesystem::path path_;
    Source source_;
    std::uint64_t stored_size_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
