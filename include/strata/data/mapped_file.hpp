// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/data/file_reader.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <system_error>

namespace strata::bedrock::inline STRATA_SETTING {

/// A file as memory to read (`mmap` of POSIX): the system reads a page of it when somebody looks there, and
/// takes it away again where memory is needed for something else. So files may be larger than memory. The
/// file must not become shorter meanwhile: looking at what is no longer there ends the program (SIGBUS).
class mapped_file {
public:
    /// data_error for a file that is not there or cannot be mapped.
    explicit mapped_file(const std::filesystem::path& path) : size_(std::filesystem::file_size(path)) {
        errno = 0;
        const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        void* const begin =
            file < 0 || size_ == 0 ? MAP_FAILED : ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
        const std::error_code problem(errno, std::generic_category());
        if (file >= 0)
            ::close(file);
        if (begin == MAP_FAILED)
            internal::raise(data_error::in_file(path, "a file that can be mapped into memory",
                                                size_ == 0 ? "an empty file" : problem.message()));
        begin_ = static_cast<const unsigned char*>(begin);
    }
    mapped_file(const mapped_file&) = delete;
    mapped_file& operator=(const mapped_file&) = delete;
    ~mapped_file() { ::munmap(const_cast<unsigned char*>(begin_), size_); }

    [[nodiscard]] const unsigned char* data() const noexcept { return begin_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Begins to read bytes that somebody will look at soon. Of many at once, as those up to the end, some
    /// megabytes, and no sooner than half of those are used that were asked for before.
    void expect(std::size_t first, std::size_t count) const noexcept {
        const std::size_t end = std::min(size_, first + std::min(count, most_ahead));
        std::size_t begin = first;
        if (count >= most_ahead) {
            const std::size_t known_begin = known_begin_.load(std::memory_order_relaxed);
            const std::size_t known_end = known_end_.load(std::memory_order_relaxed);
            const bool goes_on = first >= known_begin && first <= known_end;
            if (goes_on && (known_end == size_ || known_end - first > most_ahead / 2))
                return;
            begin = goes_on ? known_end : first;
            known_begin_.store(first, std::memory_order_relaxed);
            known_end_.store(end, std::memory_order_relaxed);
        }
        if (begin >= end)
            return;
        static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        begin -= begin % page;
        // Linux reads no more for one call than a device takes at once, 128 KiB of a slow one.
        for (constexpr std::size_t most = std::size_t{1} << 17; begin < end; begin += most)
            ::madvise(const_cast<unsigned char*>(begin_) + begin, std::min(most, end - begin), MADV_WILLNEED);
    }

private:
    static constexpr std::size_t most_ahead = std::size_t{8} << 20;

    std::size_t size_ = 0;
    const unsigned char* begin_ = nullptr;
    mutable std::atomic<std::size_t> known_begin_ = 0; ///< of what was asked for last, of many at once
    mutable std::atomic<std::size_t> known_end_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
