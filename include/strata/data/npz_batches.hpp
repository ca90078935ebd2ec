// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/npy_batches.hpp>
#include <strata/data/npz.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
struct npz_opener {
    std::shared_ptr<const npz_file> file;
    std::string name;

    [[nodiscard]] auto operator()() const { return std::make_unique<zip_entry>(file->open(name)); }
};
} // namespace internal

/// Batches from two arrays of a .npz file, as `npy_batches` makes them of two .npy files:
/// `npz_batches<float, 2, std::int64_t, 1>("train.npz", "x", "y")`. To shuffle, arrays must be stored, as
/// `numpy.savez` does, and not packed; a window takes any. Errors are those of `npz_file`, too, and the
/// program links libzip.
template <npy_element X, std::size_t XRank, npy_element Y, std::size_t YRank,
          class Prepare = internal::unprepared>
[[nodiscard]] auto npz_batches(const std::filesystem::path& path, const std::string& x, const std::string& y,
                               const npy_batch_options& options = {}, Prepare prepare = {}) {
    const auto file = std::make_shared<const npz_file>(path);
    return internal::make_npy_batches<X, XRank, Y, YRank>("npz_batches", internal::npz_opener{file, x},
                                                          internal::npz_opener{file, y}, options,
                                                          std::move(prepare));
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::npz_batches;
} // namespace strata

STRATA_HEADER_END
