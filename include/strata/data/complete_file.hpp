// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/unwritable_file.hpp>
#include <strata/setting.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
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
/// all of it, or what was there before, also behind a loss of power. Of several that are written under one
/// name at once, one waits for the other. A link stays one, to the new file; a file keeps who may read it. A
/// pipe or a device is written as it is. `data_error` where it cannot be written.
class complete_file {
public:
    explicit complete_file(std::filesystem::path path) : path_(std::move(path)) {
        std::error_code ignored;
        constexpr int most_links = 40; // as Linux follows
        for (int link = 0; link < most_links &&
                           std::filesystem::is_symlink(std::filesystem::symlink_status(path_, ignored));
             ++link)
            path_ = path_.parent_path() / std::filesystem::read_symlink(path_, ignored);
        unfinished_ = path_;
        const std::filesystem::file_status found = std::filesystem::status(path_, ignored);
        if (std::filesystem::is_directory(found))
            raise_unwritable(path_, std::make_error_code(std::errc::is_a_directory).message());
        is_replaced_ = !std::filesystem::is_other(found);
        if (is_replaced_) {
            unfinished_ += ".unfinished";
            open_alone();
            if (std::filesystem::is_regular_file(found))
                expect(::fchmod(fileno(file_.get()), static_cast<mode_t>(found.permissions())) == 0);
        } else
            open(O_WRONLY | O_CLOEXEC);
    }
    complete_file(const complete_file&) = delete;
    complete_file& operator=(const complete_file&) = delete;
    ~complete_file() {
        std::error_code ignored;
        if (file_ && is_replaced_)
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
        if (is_replaced_)
            std::filesystem::rename(unfinished_, path_, error);
        if (error)
            raise_unwritable(path_, error.message());
        file_.reset();
    }

private:
    struct closer {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    void open(int flags) {
        const int file = ::open(unfinished_.c_str(), flags, 0666);
        expect(file >= 0);
        file_.reset(::fdopen(file, "wb"));
        if (file_ == nullptr)
            ::close(file);
        expect(file_ != nullptr);
    }
    /// Opens the unfinished file when nobody else writes it. What a lock was waited for is the other's by
    /// then, which has got its name or is gone. Where there are no locks nobody waits.
    void open_alone() {
        constexpr int most_turns = 1000;
        for (int turn = 0; turn < most_turns; ++turn) {
            open(O_WRONLY | O_CREAT | O_CLOEXEC);
            const int file = fileno(file_.get());
            while (::flock(file, LOCK_EX) != 0 && errno == EINTR) {
            }
            struct stat opened {};
            struct stat named {};
            if (::fstat(file, &opened) == 0 && ::stat(unfinished_.c_str(), &named) == 0 &&
                opened.st_dev == named.st_dev && opened.st_ino == named.st_ino)
                break;
        }
        // What somebody left who was killed.
        expect(::ftruncate(fileno(file_.get()), 0) == 0);
    }

    void expect(bool succeeded) const {
        if (!succeeded)
            raise_unwritable(path_);
    }

    std::filesystem::path path_;
    std::filesystem::path unfinished_;
    bool is_replaced_ = true; ///< by the unfinished file
    std::unique_ptr<std::FILE, closer> file_;
};

/// The same of bytes that are in memory.
inline void write_complete_file(const std::vector<unsigned char>& bytes, const std::filesystem::path& path) {
    complete_file file(path);
    file.write(bytes.data(), bytes.size());
    file.finish();
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
