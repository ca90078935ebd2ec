// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sequential_reader.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// Bytes in memory to read from front to back, as `file_reader` reads those of a file. Every failure is a
/// data_error with the name of the bytes and the position at which it happened.
class byte_reader : public internal::sequential_reader<byte_reader> {
    friend internal::sequential_reader<byte_reader>;

public:
    byte_reader(const std::vector<unsigned char>& bytes, std::string name)
        : bytes_(bytes.data(), bytes.size()), name_(std::move(name)) {}

    /// Raises an error unless exactly `count` bytes remain.
    void expect_left(std::uint64_t count, std::string_view what) const {
        expect_count(bytes_.size() - position(), count, what);
    }

    /// Raises an error unless everything has been read.
    void expect_end() const { expect_left(0, "nothing"); }

private:
    static constexpr std::string_view end_text = "the end";
    [[nodiscard]] const std::string& source_name() const noexcept { return name_; }
    std::ptrdiff_t receive(void* destination, std::size_t count) const noexcept {
        const auto begin = static_cast<std::size_t>(position());
        const std::size_t received = std::min(count, bytes_.size() - begin);
        if (received > 0)
            std::memcpy(destination, bytes_.data() + begin, received);
        return static_cast<std::ptrdiff_t>(received);
    }
    [[nodiscard]] static std::string_view reason() noexcept { return {}; } // memory has no read errors
    [[nodiscard]] static std::string_view break_text() noexcept { return {}; }

    std::span<const unsigned char> bytes_;
    std::string name_;
};

} // namespace strata::bedrock::inline STRATA_SETTING
