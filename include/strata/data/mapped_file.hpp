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
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <span>
#include <system_error>

namespace strata::bedrock::inline STRATA_SETTING {

/// A file as memory to read (`mmap` of POSIX): the system reads a page of it when somebody looks there, and
/// takes it away again where memory is needed for something else. So files may be larger than memory. The
/// file must not become shorter meanwhile: looking at what is no longer there ends the program (SIGBUS).
class mapped_file {
public:
    /// data_error for a file that is not there or cannot be mapped.
    explicit mapped_file(const std::filesystem::path& path) {
        std::error_code none;
        size_ = std::filesystem::file_size(path, none);
        if (none)
            internal::raise(
                data_error::in_file(path, "a file that can be mapped into memory", none.message()));
        errno = 0;
        file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        void* const begin =
            file_ < 0 || size_ == 0 ? MAP_FAILED : ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file_, 0);
        const std::error_code problem(errno, std::generic_category());
        // A process may have a thousand files open, and data in more; their pages can be looked at all the
        // same.
        if (file_ >= 0 && (begin == MAP_FAILED || file_ >= most_open)) {
            ::close(file_);
            file_ = -1;
        }
        if (begin == MAP_FAILED)
            internal::raise(data_error::in_file(path, "a file that can be mapped into memory",
                                                size_ == 0 ? "an empty file" : problem.message()));
        begin_ = static_cast<const unsigned char*>(begin);
    }
    mapped_file(const mapped_file&) = delete;
    mapped_file& operator=(const mapped_file&) = delete;
    ~mapped_file() {
        ::munmap(const_cast<unsigned char*>(begin_), size_);
        if (file_ >= 0)
            ::close(file_);
    }

    [[nodiscard]] const unsigned char* data() const noexcept { return begin_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Copies bytes. Many of them at once are copied by the system: none of their pages becomes this
    /// process's, which takes as long as copying, and so they are no memory of its own.
    void read(std::size_t first, std::size_t count, void* bytes) const noexcept {
        auto* place = static_cast<unsigned char*>(bytes);
        while (file_ >= 0 && count >= least_call_bytes) {
            const ::ssize_t some = ::pread(file_, place, count, static_cast<::off_t>(first));
            if (some <= 0)
                break; // as a signal comes, or a device fails, which looking at the page then says
            first += static_cast<std::size_t>(some);
            place += some;
            count -= static_cast<std::size_t>(some);
        }
        if (count > 0)
            std::memcpy(place, begin_ + first, count);
    }
    /// The same to several places, one behind another. Returns those that are still to be filled.
    std::span<::iovec> read(std::size_t first, std::size_t count, std::span<::iovec> places) const noexcept {
        while (count > 0) {
            std::size_t whole = 0, bytes = 0;
            while (whole < places.size() && bytes + places[whole].iov_len <= count)
                bytes += places[whole++].iov_len;
            std::size_t some = 0;
            if (file_ >= 0 && whole > 0)
                some = static_cast<std::size_t>(std::max<::ssize_t>(
                    0, ::preadv(file_, places.data(), static_cast<int>(whole), static_cast<::off_t>(first))));
            if (some == 0) {
                some = std::min(count, places[0].iov_len);
                read(first, some, places[0].iov_base);
            }
            first += some;
            count -= some;
            places = unfilled(places, some);
        }
        return places;
    }
    static constexpr std::size_t least_call_bytes = 4096; ///< bytes that are worth a call of the system

    /// Begins to read bytes that somebody will need soon, and no others around them.
    void expect(std::size_t first, std::size_t count) const noexcept {
        advise(POSIX_FADV_RANDOM, MADV_RANDOM);
        const std::size_t end = first + count;
        static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
        // Linux reads no more for one call than a device takes at once, 128 KiB of a slow one.
        constexpr std::size_t most = std::size_t{1} << 17;
        for (std::size_t begin = first - first % page; begin < end; begin += most)
            ::madvise(place(begin), std::min(most, end - begin), MADV_WILLNEED);
    }
    /// Says that the file will be read from front to back.
    void expect_all() const noexcept { advise(POSIX_FADV_SEQUENTIAL, MADV_SEQUENTIAL); }

private:
    static constexpr int most_open = 512;

    /// The places behind so many bytes that were written.
    static std::span<::iovec> unfilled(std::span<::iovec> places, std::size_t bytes) noexcept {
        while (!places.empty() && bytes >= places[0].iov_len) {
            bytes -= places[0].iov_len;
            places = places.subspan(1);
        }
        if (!places.empty())
            places[0] = {static_cast<unsigned char*>(places[0].iov_base) + bytes, places[0].iov_len - bytes};
        return places;
    }
    [[nodiscard]] unsigned char* place(std::size_t byte) const noexcept {
        return const_cast<unsigned char*>(begin_) + byte;
    }
    /// Says once how the file will be read, by calls and by looking at pages.
    void advise(int order, int order_of_pages) const noexcept {
        if (order_.load(std::memory_order_relaxed) == order)
            return;
        order_.store(order, std::memory_order_relaxed);
        if (file_ >= 0)
            ::posix_fadvise(file_, 0, 0, order);
        ::madvise(place(0), size_, order_of_pages);
    }

    std::size_t size_ = 0;
    int file_ = -1; ///< or none
    const unsigned char* begin_ = nullptr;
    mutable std::atomic<int> order_ = POSIX_FADV_NORMAL;
};

} // namespace strata::bedrock::inline STRATA_SETTING
