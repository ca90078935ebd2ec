// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/file_reader.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/setting.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
/// The bytes of a file, unpacked by zlib where they are packed with gzip. Others are read without it: zlib
/// fills a large buffer at each place that is gone to, of which rows here and there need little.
class gzip_source {
public:
    bool open(const char* name) {
        if (!plain_.open(name))
            return false;
        // The mark that begins gzip data, which zlib looks for, too.
        std::array<unsigned char, 2> mark{};
        const long count = plain_.read(mark.data(), mark.size());
        if (count != 2 || mark[0] != 0x1F || mark[1] != 0x8B)
            return count >= 0 && plain_.rewind();
        file_.reset(gzopen(name, "rb"));
        if (file_)
            gzbuffer(file_.get(), 1u << 17);
        return file_ != nullptr;
    }
    [[nodiscard]] bool is_packed() const noexcept { return file_ != nullptr; }
    /// Returns how many bytes were read, 0 at the end, a negative number for an error.
    long read(void* destination, unsigned count) {
        return is_packed() ? gzread(file_.get(), destination, count) : plain_.read(destination, count);
    }
    /// Where the file is not packed.
    bool seek(std::uint64_t place) { return plain_.seek(place); }

    [[nodiscard]] bool is_truncated() const {
        if (!is_packed())
            return false;
        int code = Z_OK;
        gzerror(file_.get(), &code);
        return code == Z_BUF_ERROR;
    }
    [[nodiscard]] std::string reason(const std::string& path) const {
        if (!is_packed())
            return plain_.reason(path);
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
    plain_source plain_;
};
} // namespace internal

/// A file to read, plain or packed with gzip, whatever its name ends with. Bytes that follow the packed data
/// of a gzip file are ignored, as gzip itself ignores them.
using input_file = file_reader<internal::gzip_source>;

} // namespace strata::bedrock::inline STRATA_SETTING
