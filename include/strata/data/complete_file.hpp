// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// A file to write that appears under its name when it is complete and on the disk: whoever reads it finds
/// all of it, or what was there before, also behind a loss of power. `data_error` where it cannot be written.
class complete_file {
public:
    explicit complete_file(std::filesystem::path path) : path_(std::move(path)), unfinished_(path_) {
        unfinished_ += ".unfinished";
        file_.reset(std::fopen(unfinished_.string().c_str(), "wb"));
        expect(file_ != nullptr);
    }
    complete_file(const complete_file&) = delete;
    complete_file& operator=(const complete_file&) = delete;
    ~complete_file() {
        std::error_code ignored;
        if (file_)
            std::filesystem::remove(unfinished_, ignored);
    }

    void write(const void* bytes, std::size_t count) {
        expect(std::fwrite(bytes, 1, count, file_.get()) == count);
    }

    /// Gives the file its name.
    void finish() {
        expect(std::fflush(file_.get()) == 0);
        // Pipes and the like are nowhere to be synchronized to.
        expect(fsync(fileno(file_.get())) == 0 || errno == EINVAL);
        std::error_code error;
        std::filesystem::rename(unfinished_, path_, error);
        if (error)
            fail(error);
        file_.reset();
    }

private:
    struct closer {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    void expect(bool succeeded) const {
        if (!succeeded)
            fail({errno, std::generic_category()});
    }
    [[noreturn]] void fail(const std::error_code& error) const {
        raise(data_error::in_file(path_, "a file that can be written", error.message()));
    }

    std::filesystem::path path_;
    std::filesystem::path unfinished_;
    std::unique_ptr<std::FILE, closer> file_;
};

/// The same of bytes that are in memory.
inline void write_complete_file(const std::vector<unsigned char>& bytes, const std::filesystem::path& path) {
    complete_file file(path);
    file.write(bytes.data(), bytes.size());
    file.finish();
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
