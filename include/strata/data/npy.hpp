// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array.hpp>
#include <strata/data/complete_file.hpp>
#include <strata/data/error.hpp>
#include <strata/data/input_file.hpp>
#include <strata/data/npy_array.hpp>

#include STRATA_XTENSOR(xarray)

#include <cstddef>
#include <filesystem>
#include <string>

namespace strata::bedrock::inline STRATA_SETTING {

/// Reads a .npy file, NumPy's format of one array, in either of its element orders and either order of bytes,
/// plain or packed with gzip. `Element` and `Rank` must be the file's own: nothing is converted but NumPy's
/// float16 to float, which loses nothing. data_error also if the file is shorter or longer than its extents
/// say; that is found out before anything is allocated (see input_file::expect_left about gzip).
template <npy_element Element, std::size_t Rank>
[[nodiscard]] xt::xtensor<Element, Rank> read_npy(const std::filesystem::path& path) {
    input_file file{path};
    return internal::read_npy_array<Element, Rank>(file);
}

/// Writes an array, or an expression of arrays, as a .npy file, the last axis fastest. It appears under its
/// name when it is complete. data_error if that fails.
template <class Expression>
    requires npy_element<typename Expression::value_type>
void write_npy(const std::filesystem::path& path, const xt::xexpression<Expression>& expression) {
    using element = typename Expression::value_type;
    const auto& array = expression.derived_cast();
    const auto write = [&](const auto& container) {
        const std::string header = internal::npy_header_text(internal::npy_type<element>(), array.shape());
        internal::complete_file file{path};
        file.write(header.data(), header.size());
        file.write(container.data() + container.data_offset(), container.size() * sizeof(element));
        file.finish();
    };
    // Elsewhere numbers may lie in another order, or with gaps between them.
    if constexpr (Expression::static_layout == xt::layout_type::row_major && requires { array.storage(); })
        write(array);
    else
        write(xt::xarray<element, xt::layout_type::row_major>(array));
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::read_npy;
using bedrock::write_npy;
} // namespace strata

STRATA_HEADER_END
