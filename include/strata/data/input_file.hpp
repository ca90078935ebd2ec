// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/file_reader.hpp>
#include <strata/setting.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The bytes of a file that zlib opens: unpacked where they are packed with gzip.
class gzip_source {
public:
    bool open(const char* name) {
        file_.reset(gzopen(name, "rb"));
        if (!file_)
            return false;
        gzbuffer(file_.get(), 1u << 17);
        packed_ = gzdirect(file_.get()) == 0;
        return true;
    }
    [[nodiscard]] bool is_packed() const noexcept { return packed_; }
    /// Returns how many bytes were read, 0 at the end, a negative number for an error.
    int read(void* destination, unsigned count) { return gzread(file_.get(), destination, count); }
    bool seek(std::uint64_t place) {
        return gzseek(file_.get(), static_cast<z_off_t>(place), SEEK_SET) != -1;
    }

    [[nodiscard]] bool is_truncated() const {
        int code = Z_OK;
        gzerror(file_.get(), &code);
        return code == Z_BUF_ERROR;
    }
    [[nodiscard]] std::string reason(const std::string& path) const {
        int code = Z_OK;
        const std::string_view message = gzerror(file_.get(), &code);
        if (code == Z_ERRNO)
            return "a read error";
        // zlib puts the path in front, which our message has already.
        const auto prefix = path.size() + 2;
        return concatenate("damaged gzip data (", message.substr(std::min(prefix, message.size())), ")");
    }

private:
    struct closer {
        void operator()(gzFile file) const noexcept { gzclose(file); }
    };

    std::unique_ptr<gzFile_s, closer> file_;
    bool packed_ = false;
};
} // namespace internal

/// A file to read, plain or packed with gzip, whatever its name ends with. Bytes that follow the packed data
/// of a gzip file are ignored, as gzip itself ignores them.
using input_file = file_reader<internal::gzip_source>;

} // namespace strata::bedrock::inline STRATA_SETTING
