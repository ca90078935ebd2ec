// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/zip_entry.hpp>
#include <strata/setting.hpp>

#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A ZIP archive whose parts are read whole.
class zip_archive {
public:
    explicit zip_archive(const std::filesystem::path& path)
        : path_(path), archive_(internal::open_zip(path, "a ZIP archive")) {}

    /// The unpacked bytes of a part; nothing where there is none of that name.
    [[nodiscard]] std::optional<std::vector<unsigned char>> read(const char* name) const {
        const zip_int64_t index = zip_name_locate(archive_.get(), name, 0);
        if (index < 0)
            return std::nullopt;
        internal::zip_entry entry(path_, archive_.get(), static_cast<std::uint64_t>(index));
        std::vector<unsigned char> result;
        // What the archive says of a size may be a lie, so that memory follows what has been read.
        constexpr std::size_t piece = std::size_t{1} << 20;
        for (std::size_t rest = static_cast<std::size_t>(entry.size()); rest > 0;) {
            const std::size_t count = std::min(rest, piece);
            result.resize(result.size() + count);
            entry.read(result.data() + (result.size() - count), count, "the rest of this part");
            rest -= count;
        }
        entry.expect_end();
        return result;
    }

private:
    std::filesystem::path path_;
    std::unique_ptr<zip_t, internal::zip_closer> archive_;
};

} // namespace strata::bedrock::inline STRATA_SETTING::imports
