// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/idx.hpp>
#include <strata/data/mapped_array.hpp>
#include <strata/data/plain_file.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <filesystem>
#include <memory>

namespace strata::bedrock::inline STRATA_SETTING {

/// An IDX file, not packed, that is read sample by sample as training needs them:
/// `map_idx<std::uint8_t, 3>("train-images-idx3-ubyte", {.scale = 1 / 255.0F})`. Errors are those of
/// `read_idx`, found in the header and in the file's size; data_error also for a packed file.
template <idx_element Element, std::size_t Rank>
[[nodiscard]] mapped_array map_idx(const std::filesystem::path& path, const mapping_options& options = {}) {
    static_assert(Rank >= 1 && Rank <= 255, "strata: an IDX file has 1 to 255 axes");
    plain_file file{path};
    std::array<std::size_t, Rank> extents{};
    const std::size_t bytes =
        internal::read_idx_header(file, internal::idx_code<Element>(), sizeof(Element), extents).bytes;
    constexpr bool is_swapped = sizeof(Element) > 1 && std::endian::native == std::endian::little;
    return internal::map_parts<Element, is_swapped>(
        {{std::make_shared<const mapped_file>(path), file.position(), bytes / sizeof(Element)}},
        {extents.begin(), extents.end()}, options.scale);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::map_idx;
} // namespace strata

STRATA_HEADER_END
