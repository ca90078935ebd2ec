// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// "16 bytes of an IDX header", for messages.
inline std::string byte_text(std::uint64_t count, std::string_view what) {
    return concatenate(count, " bytes of ", what);
}

/// What all readers share that go from front to back. Every failure is a data_error with the name of what is
/// read and the byte at which it happened. `Self` has
///     source_name()              the name of what is read
///     end_text                   what messages call its end
///     receive(bytes, count)      reads some; returns how many, 0 at the end, a negative number for an error
///     reason()                   why that was an error
///     break_text()               what else to say where bytes are missing
template <class Self>
class sequential_reader {
public:
    /// How many (unpacked) bytes have been read.
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }

    /// Reads exactly `count` bytes; fewer are an error which calls them `what`.
    void read(void* destination, std::size_t count, std::string_view what) {
        const std::uint64_t start = position_;
        const std::size_t count_read = read_some(destination, count, what);
        if (count_read < count)
            fail(start, byte_text(count, what), concatenate(count_read, self().break_text()));
    }

    [[noreturn]] void fail(std::uint64_t offset, std::string_view expected, std::string_view found) const {
        raise(data_error::at_byte(self().source_name(), offset, expected, found));
    }

protected:
    /// Reads `count` bytes, or as many as there are, and returns how many.
    std::size_t read_some(void* destination, std::size_t count, std::string_view what) {
        std::size_t count_read = 0;
        while (count_read < count) {
            const auto received =
                self().receive(static_cast<char*>(destination) + count_read, count - count_read);
            if (received < 0)
                fail(position_, what, self().reason());
            if (received == 0)
                break;
            count_read += static_cast<std::size_t>(received);
            position_ += static_cast<std::uint64_t>(received);
        }
        return count_read;
    }

    /// Raises an error unless `remaining`, which is how many bytes there still are, is `count`.
    void expect_count(std::uint64_t remaining, std::uint64_t count, std::string_view what) const {
        if (remaining < count)
            fail(position_, byte_text(count, what), concatenate(remaining));
        if (remaining > count)
            fail(position_ + count, Self::end_text, concatenate(remaining - count, " more bytes"));
    }

    /// Raises an error if there is one byte more.
    void expect_no_byte() {
        char next;
        if (read_some(&next, 1, Self::end_text) != 0)
            fail(position_ - 1, Self::end_text, "more bytes");
    }

    /// After going to another byte.
    void set_position(std::uint64_t position) noexcept { position_ = position; }

private:
    [[nodiscard]] Self& self() noexcept { return static_cast<Self&>(*this); }
    [[nodiscard]] const Self& self() const noexcept { return static_cast<const Self&>(*this); }

    std::uint64_t position_ = 0;
};

} // namespace strata::bedrock::inline STRATA_SETTING::internal
