// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/half.hpp>
#include <strata/data/mapped_array.hpp>
#include <strata/data/npy_array.hpp>
#include <strata/data/plain_file.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// A .npy file, not packed, that is read sample by sample as training needs them:
/// `map_npy<float, 4>("images.npy")`, in either order of bytes; float16 as float. Errors are those of
/// `read_npy`, found in the header and in the file's size; data_error also for a packed file and for an array
/// in Fortran's order. Bytes that are to be bools are not looked at.
template <npy_element Element, std::size_t Rank>
    requires(Rank > 0)
[[nodiscard]] mapped_array map_npy(const std::filesystem::path& path, const mapping_options& options = {}) {
    plain_file file{path};
    const internal::npy_layout layout = internal::read_npy_header<Element>(file, Rank);
    if (Rank > 1 && layout.header.columns_first)
        file.fail(0, "rows one after another, to read some of them", "an array in Fortran's order");
    std::vector<std::size_t> shape(layout.header.extents.begin(), layout.header.extents.end());
    std::size_t count = 1;
    for (const std::size_t extent : shape)
        count *= extent;
    std::vector<internal::mapped_part> parts{
        {std::make_shared<const mapped_file>(path), file.position(), count}};
    if constexpr (std::same_as<Element, float>)
        if (layout.is_half)
            return layout.is_swapped
                       ? internal::map_converted<internal::stored_half<internal::half_number, true>>(
                             std::move(parts), std::move(shape), options.scale)
                       : internal::map_converted<internal::stored_half<internal::half_number, false>>(
                             std::move(parts), std::move(shape), options.scale);
    return layout.is_swapped
               ? internal::map_parts<Element, true>(std::move(parts), std::move(shape), options.scale)
               : internal::map_parts<Element, false>(std::move(parts), std::move(shape), options.scale);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::map_npy;
} // namespace strata

STRATA_HEADER_END
