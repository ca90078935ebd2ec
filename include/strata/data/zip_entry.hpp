// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::internal {

struct zip_closer {
    void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
    void operator()(zip_file_t* file) const noexcept { zip_fclose(file); }
};

/// A file in a ZIP archive, stored or deflated, to read from front to back as `input_file` reads one. Every
/// failure is a data_error with the archive's name, the file's and the byte of it. The archive must outlive
/// this.
class zip_entry {
public:
    zip_entry(const std::filesystem::path& path, zip_t* archive, std::uint64_t index)
        : name_(concatenate(path.string(), ", ", zip_get_name(archive, index, ZIP_FL_ENC_RAW))) {
        zip_stat_t facts;
        zip_stat_init(&facts);
        file_.reset(zip_fopen_index(archive, index, 0));
        if (!file_ || zip_stat_index(archive, index, 0, &facts) != 0 || (facts.valid & ZIP_STAT_SIZE) == 0 ||
            (facts.valid & ZIP_STAT_COMP_SIZE) == 0)
            raise(data_error::in_file(name_, "a part of a ZIP archive that can be read",
                                      zip_strerror(archive)));
        size_ = facts.size;
        // Deflate spends two bits at least on a run of 258 bytes, so a byte unpacks to 1032 at most.
        constexpr std::uint64_t best_ratio = 1032;
        if (size_ / best_ratio > facts.comp_size)
            raise(data_error::in_file(
                name_, concatenate("at most ", best_ratio, " times the ", facts.comp_size, " bytes packed"),
                concatenate(size_, " bytes unpacked")));
    }

    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

    /// Reads exactly `count` bytes; fewer are an error which calls them `what`.
    void read(void* destination, std::size_t count, std::string_view what) {
        const std::uint64_t start = position_;
        const std::size_t count_read = read_some(destination, count, what);
        if (count_read < count)
            fail(start, byte_text(count, what), concatenate(count_read));
    }

    /// Raises an error unless the archive says that exactly `count` bytes remain.
    void expect_left(std::uint64_t count, std::string_view what) const {
        const std::uint64_t remaining = size_ - std::min(position_, size_);
        if (remaining < count)
            fail(position_, byte_text(count, what), concatenate(remaining));
        if (remaining > count)
            fail(position_ + count, "the end", concatenate(remaining - count, " more bytes"));
    }

    /// Raises an error unless everything has been read. Also the place where the checksum is verified.
    void expect_end() {
        char next;
        if (read_some(&next, 1, "the end") != 0)
            fail(position_ - 1, "the end", "more bytes");
    }

    [[noreturn]] void fail(std::uint64_t offset, std::string_view expected, std::string_view found) const {
        raise(data_error::at_byte(name_, offset, expected, found));
    }

private:
    static std::string byte_text(std::uint64_t count, std::string_view what) {
        return concatenate(count, " bytes of ", what);
    }

    std::size_t read_some(void* destination, std::size_t count, std::string_view what) {
        std::size_t count_read = 0;
        while (count_read < count) {
            const zip_int64_t received =
                zip_fread(file_.get(), static_cast<char*>(destination) + count_read, count - count_read);
            if (received < 0)
                fail(position_, what, concatenate("damaged data (", zip_file_strerror(file_.get()), ")"));
            if (received == 0)
                break;
            count_read += static_cast<std::size_t>(received);
            position_ += static_cast<std::uint64_t>(received);
        }
        return count_read;
    }

    std::string name_;
    std::unique_ptr<zip_file_t, zip_closer> file_;
    std::uint64_t size_ = 0;
    std::uint64_t position_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
