// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// Bytes in memory to read from front to back, as `file_reader` reads those of a file. Every failure is a
/// data_error with the name of the bytes and the position at which it happened.
class byte_reader {
public:
    byte_reader(std::span<const unsigned char> bytes, std::string name)
        : bytes_(bytes), name_(std::move(name)) {}

    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

    /// Reads exactly `count` bytes; fewer are an error which calls them `what`.
    void read(void* destination, std::size_t count, std::string_view what) {
        const std::size_t remaining = bytes_.size() - position_;
        if (remaining < count)
            fail(position_, byte_text(count, what), internal::concatenate(remaining));
        std::memcpy(destination, bytes_.data() + position_, count);
        position_ += count;
    }

    /// Raises an error unless exactly `count` bytes remain.
    void expect_left(std::uint64_t count, std::string_view what) const {
        const std::size_t remaining = bytes_.size() - position_;
        if (remaining < count)
            fail(position_, byte_text(count, what), internal::concatenate(remaining));
        if (remaining > count)
            fail(position_ + count, "the end", internal::concatenate(remaining - count, " more bytes"));
    }

    /// Raises an error unless everything has been read.
    void expect_end() const { expect_left(0, "nothing"); }

    [[noreturn]] void fail(std::uint64_t offset, std::string_view expected, std::string_view found) const {
        internal::raise(data_error::at_byte(name_, offset, expected, found));
    }

private:
    static std::string byte_text(std::uint64_t count, std::string_view what) {
        return internal::concatenate(count, " bytes of ", what);
    }

    std::span<const unsigned char> bytes_;
    std::string name_;
    std::size_t position_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING
