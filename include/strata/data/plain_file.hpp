// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/file_reader.hpp>
#include <strata/setting.hpp>

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The bytes of a file as they are. From front to back they are read in blocks; behind the first `seek` no
/// more is read than is asked for.
class plain_source {
public:
    plain_source() = default;
    plain_source(plain_source&& other) noexcept
        : file_(std::exchange(other.file_, -1)),
          buffer_(std::move(other.buffer_)),
          next_(std::exchange(other.next_, 0)),
          end_(std::exchange(other.end_, 0)),
          has_block_(other.has_block_) {}
    plain_source& operator=(plain_source&& other) noexcept {
        std::swap(file_, other.file_);
        std::swap(buffer_, other.buffer_);
        std::swap(next_, other.next_);
        std::swap(end_, other.end_);
        std::swap(has_block_, other.has_block_);
        return *this;
    }
    ~plain_source() {
        if (file_ >= 0)
            ::close(file_);
    }

    bool open(const char* name) {
        file_ = ::open(name, O_RDONLY | O_CLOEXEC);
        return file_ >= 0;
    }
    [[nodiscard]] static constexpr bool is_packed() noexcept { return false; }
    /// Returns how many bytes were read, 0 at the end, a negative number for an error.
    long read(void* destination, unsigned count) {
        if (next_ == end_) {
            if (!has_block_ || count >= block)
                return receive(destination, count);
            // Headers are short: what is read ahead grows with what is read.
            buffer_.resize(std::clamp(2 * buffer_.size(), first_block, block));
            const long received = receive(buffer_.data(), buffer_.size());
            if (received <= 0)
                return received;
            next_ = 0;
            end_ = static_cast<std::size_t>(received);
        }
        const std::size_t some = std::min<std::size_t>(count, end_ - next_);
        std::copy_n(buffer_.data() + next_, some, static_cast<char*>(destination));
        next_ += some;
        return static_cast<long>(some);
    }
    /// Goes back to the first byte, to read on in blocks.
    bool rewind() {
        const bool is_there = seek(0);
        has_block_ = true;
        return is_there;
    }
    bool seek(std::uint64_t place) {
        next_ = end_ = 0;
        has_block_ = false;
        return ::lseek(file_, static_cast<off_t>(place), SEEK_SET) >= 0;
    }
    [[nodiscard]] static constexpr bool is_truncated() noexcept { return false; }
    [[nodiscard]] static std::string reason(const std::string&) { return "a read error"; }

private:
    static constexpr std::size_t first_block = std::size_t{1} << 9;
    static constexpr std::size_t block = std::size_t{1} << 16;

    long receive(void* destination, std::size_t count) {
        for (;;)
            if (const long received = ::read(file_, destination, count); received >= 0 || errno != EINTR)
                return received;
    }

    int file_ = -1;
    std::vector<char> buffer_;
    std::size_t next_ = 0; ///< of the buffer
    std::size_t end_ = 0;
    bool has_block_ = true; ///< whether it is read ahead
};
} // namespace internal

/// A file to read that is not packed, without zlib.
using plain_file = file_reader<internal::plain_source>;

} // namespace strata::bedrock::inline STRATA_SETTING
