// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array.hpp>
#include <strata/data/error.hpp>
#include <strata/data/npy_array.hpp>
#include <strata/data/zip_entry.hpp>
#include <strata/raise.hpp>

#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// A .npz file: NumPy's archive of arrays, which `numpy.savez` stores and `numpy.savez_compressed` deflates.
/// Programs that include this header link libzip, `-lzip` (Debian's libzip-dev).
///
/// data_error for a file that is missing or no archive, for an array that is not in it, with the names of
/// those that are, and for what `read_npy` refuses; its place is a byte of the unpacked array. Checksums are
/// verified.
class npz_file {
public:
    explicit npz_file(std::filesystem::path path) : path_(std::move(path)) {
        std::error_code error;
        if (!std::filesystem::exists(path_, error))
            internal::raise(data_error::in_file(path_, "a file", "nothing of this name"));
        archive_ = internal::open_zip(path_, "a .npz file, a ZIP archive");
        const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
        for (zip_int64_t i = 0; i < count; ++i) {
            std::string array = internal::entry_name(archive_.get(), static_cast<std::uint64_t>(i));
            if (array.ends_with(".npy"))
                array.resize(array.size() - 4);
            names_.push_back(std::move(array));
        }
    }

    /// The arrays' names, in the file's order.
    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

    /// Reads one array. `Element` and `Rank` must be its own, as for `read_npy`.
    template <npy_element Element, std::size_t Rank>
    [[nodiscard]] xt::xtensor<Element, Rank> read(std::string_view name) const {
        internal::zip_entry entry = open(name);
        return internal::read_npy_array<Element, Rank>(entry);
    }

    /// One array as a file, to read its bytes, which must not outlive this.
    [[nodiscard]] internal::zip_entry open(std::string_view name) const {
        return {path_, archive_.get(), position(name)};
    }

private:
    [[nodiscard]] std::uint64_t position(std::string_view name) const {
        const auto match = std::find(names_.begin(), names_.end(), name);
        if (match == names_.end())
            internal::raise(data_error::in_file(path_, "an array " + internal::shown(name),
                                                internal::shown_names(names_, "no arrays")));
        return static_cast<std::uint64_t>(match - names_.begin());
    }

    std::filesystem::path path_;
    std::unique_ptr<zip_t, internal::zip_closer> archive_;
    std::vector<std::string> names_;
};

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::npz_file;
} // namespace strata

STRATA_HEADER_END
