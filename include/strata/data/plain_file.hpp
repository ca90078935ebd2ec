// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/file_reader.hpp>
#include <strata/setting.hpp>

#include <sys/types.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The bytes of a file as they are.
class plain_source {
public:
    bool open(const char* name) {
        file_.reset(std::fopen(name, "rb"));
        return file_ != nullptr;
    }
    [[nodiscard]] static constexpr bool is_packed() noexcept { return false; }
    /// Returns how many bytes were read, 0 at the end, a negative number for an error.
    long read(void* destination, unsigned count) {
        const auto received = static_cast<long>(std::fread(destination, 1, count, file_.get()));
        return received == 0 && std::ferror(file_.get()) != 0 ? -1 : received;
    }
    bool seek(std::uint64_t place) { return fseeko(file_.get(), static_cast<off_t>(place), SEEK_SET) == 0; }
    [[nodiscard]] static constexpr bool is_truncated() noexcept { return false; }
    [[nodiscard]] static std::string reason(const std::string&) { return "a read error"; }

private:
    struct closer {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    std::unique_ptr<std::FILE, closer> file_;
};
} // namespace internal

/// A file to read that is not packed, without zlib.
using plain_file = file_reader<internal::plain_source>;

} // namespace strata::bedrock::inline STRATA_SETTING
