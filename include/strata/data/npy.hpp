// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array.hpp>
#include <strata/data/error.hpp>
#include <strata/data/input_file.hpp>
#include <strata/data/npy_array.hpp>
#include <strata/raise.hpp>

#include STRATA_XTENSOR(xarray)
#include STRATA_XTENSOR(xnpy)

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <system_error>

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

/// Writes an array, or an expression of arrays, as a .npy file, the last axis fastest. data_error if that
/// fails.
template <class Expression>
    requires npy_element<typename Expression::value_type>
void write_npy(const std::filesystem::path& path, const xt::xexpression<Expression>& expression) {
    using element = typename Expression::value_type;
    const auto& array = expression.derived_cast();
    errno = 0;
    if (!std::ofstream(path, std::ios::binary))
        internal::raise(data_error::in_file(path, "a file that can be written",
                                            std::error_code(errno, std::generic_category()).message()));
    // xtensor writes the memory of a container as it lies, even where strides skip elements. So only a
    // container of a known layout is handed to it.
    if constexpr (Expression::static_layout == xt::layout_type::row_major && requires { array.storage(); })
        xt::dump_npy(path.string(), array);
    else
        xt::dump_npy(path.string(), xt::xarray<element, xt::layout_type::row_major>(array));
    // xtensor does not check that all was written, so the header is read back and compared with the file's
    // size.
    input_file written{path};
    internal::read_npy_header<element>(written, array.dimension());
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::read_npy;
using bedrock::write_npy;
} // namespace strata

STRATA_HEADER_END
