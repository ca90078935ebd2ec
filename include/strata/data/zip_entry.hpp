// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/sequential_reader.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::internal {

struct zip_closer {
    void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
    void operator()(zip_file_t* file) const noexcept { zip_fclose(file); }
};

/// A ZIP archive to read. `data_error` where there is none, which says what was wanted.
inline std::unique_ptr<zip_t, zip_closer> open_zip(const std::filesystem::path& path,
                                                   std::string_view wanted) {
    int code = 0;
    std::unique_ptr<zip_t, zip_closer> archive(zip_open(path.string().c_str(), ZIP_RDONLY, &code));
    if (!archive) {
        zip_error_t reason;
        zip_error_init_with_code(&reason, code);
        const std::string found = zip_error_strerror(&reason);
        zip_error_fini(&reason);
        raise(data_error::in_file(path, wanted, found));
    }
    return archive;
}

/// What an archive calls a file in it; empty where it does not say.
inline std::string entry_name(zip_t* archive, std::uint64_t index) {
    const char* const name = zip_get_name(archive, index, ZIP_FL_ENC_RAW);
    return name == nullptr ? "" : name;
}

/// A file in a ZIP archive, stored or deflated, to read from front to back as `input_file` reads one. Every
/// failure is a data_error with the archive's name, the file's and the byte of it. The archive must outlive
/// this.
class zip_entry : public sequential_reader<zip_entry> {
    friend sequential_reader<zip_entry>;

public:
    zip_entry(const std::filesystem::path& path, zip_t* archive, std::uint64_t index)
        : name_(concatenate(path.string(), ", ", entry_name(archive, index))) {
        zip_stat_t facts;
        zip_stat_init(&facts);
        file_.reset(zip_fopen_index(archive, index, 0));
        if (!file_ || zip_stat_index(archive, index, 0, &facts) != 0 || (facts.valid & ZIP_STAT_SIZE) == 0 ||
            (facts.valid & ZIP_STAT_COMP_SIZE) == 0)
            raise(data_error::in_file(name_, "a part of a ZIP archive that can be read",
                                      zip_strerror(archive)));
        size_ = facts.size;
        is_packed_ = (facts.valid & ZIP_STAT_COMP_METHOD) == 0 || facts.comp_method != ZIP_CM_STORE;
        // Deflate spends two bits at least on a run of 258 bytes, so a byte unpacks to 1032 at most.
        constexpr std::uint64_t best_ratio = 1032;
        if (size_ / best_ratio > facts.comp_size)
            raise(data_error::in_file(
                name_, concatenate("at most ", best_ratio, " times the ", facts.comp_size, " bytes packed"),
                concatenate(size_, " bytes unpacked")));
    }

    /// Bytes of the unpacked part, as the archive says.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    [[nodiscard]] bool is_packed() const noexcept { return is_packed_; }
    /// Goes to a byte. An error where the part is packed, since all before that byte would have to be
    /// unpacked.
    void seek(std::uint64_t place) {
        if (zip_fseek(file_.get(), static_cast<zip_int64_t>(place), SEEK_SET) != 0)
            fail(position(), "a part that is stored, not packed, to read it in any order", "packed data");
        set_position(place);
    }

    /// Raises an error unless the archive says that exactly `count` bytes remain.
    void expect_left(std::uint64_t count, std::string_view what) const {
        expect_count(size_ - std::min(position(), size_), count, what);
    }

    /// Raises an error unless everything has been read. Also the place where the checksum is verified.
    void expect_end() { expect_no_byte(); }

private:
    static constexpr std::string_view end_text = "the end";
    [[nodiscard]] const std::string& source_name() const noexcept { return name_; }
    zip_int64_t receive(void* destination, std::size_t count) noexcept {
        return zip_fread(file_.get(), destination, count);
    }
    [[nodiscard]] std::string reason() const {
        return concatenate("damaged data (", zip_file_strerror(file_.get()), ")");
    }
    [[nodiscard]] static std::string_view break_text() noexcept { return {}; }

    std::string name_;
    std::unique_ptr<zip_file_t, zip_closer> file_;
    std::uint64_t size_ = 0;
    bool is_packed_ = true;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
