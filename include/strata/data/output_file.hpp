// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/unwritable_file.hpp>
#include <strata/setting.hpp>

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

/// A file to write from front to back: packed with gzip if its name ends with .gz, plain otherwise. What was
/// there before is lost. Every failure is a data_error with the file's name.
class output_file {
public:
    explicit output_file(std::filesystem::path path) : path_(std::move(path)) {
        errno = 0;
        file_.reset(gzopen(path_.string().c_str(), path_.extension() == ".gz" ? "wb" : "wbT"));
        if (!file_)
            internal::raise_unwritable(path_);
        gzbuffer(file_.get(), 1u << 17);
    }

    void write(const void* source, std::size_t count) {
        for (std::size_t written = 0; written < count;) {
            const auto chunk = static_cast<unsigned>(std::min<std::size_t>(count - written, 1u << 30));
            if (gzwrite(file_.get(), static_cast<const char*>(source) + written, chunk) !=
                static_cast<int>(chunk)) {
                int code = Z_OK;
                const char* const reason = gzerror(file_.get(), &code);
                if (code == Z_ERRNO)
                    internal::raise_unwritable(path_);
                internal::raise_unwritable(path_, reason);
            }
            written += chunk;
        }
    }

    /// Closes the file and throws if that fails, as on a full disk. The destructor closes it too, but in
    /// silence.
    void close() {
        errno = 0;
        const int code = gzclose(file_.release());
        if (code != Z_OK && errno != 0)
            internal::raise_unwritable(path_);
        if (code != Z_OK)
            internal::raise_unwritable(path_, "that zlib cannot end it, code " + std::to_string(code));
    }

private:
    struct closer {
        void operator()(gzFile file) const noexcept { gzclose(file); }
    };

    std::filesystem::path path_;
    std::unique_ptr<gzFile_s, closer> file_;
};

} // namespace strata::bedrock::inline STRATA_SETTING
