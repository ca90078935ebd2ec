// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/error.hpp>
#include <strata/data/extents.hpp>
#include <strata/data/input_file.hpp>
#include <strata/data/npy_header.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include STRATA_XTENSOR(xarray)
#include STRATA_XTENSOR(xnpy)

#include <array>
#include <bit>
#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// What a .npy file of ours can hold: float, double, bool and the integers.
template <class Element>
concept npy_element = std::integral<Element> || std::same_as<Element, float> || std::same_as<Element, double>;

namespace internal {

/// NumPy's name of a type: '<f4' for float on a little-endian machine, '|u1' for std::uint8_t.
template <npy_element Element>
std::string npy_type() {
    constexpr char order = sizeof(Element) == 1                         ? '|'
                           : std::endian::native == std::endian::little ? '<'
                                                                        : '>';
    constexpr char kind = std::floating_point<Element>  ? 'f'
                          : std::same_as<Element, bool> ? 'b'
                          : std::is_signed_v<Element>   ? 'i'
                                                        : 'u';
    return {order, kind, static_cast<char>('0' + sizeof(Element))};
}

/// Reads a file's header and checks it against the file's size.
template <npy_element Element>
npy_header read_npy_header(input_file& file, std::size_t rank) {
    npy_header header{file};
    if (header.type != npy_type<Element>())
        file.fail(0, "elements of type " + npy_type<Element>(), shown(header.type));
    if (header.extents.size() != rank)
        file.fail(0, "an array of rank " + std::to_string(rank),
                  "rank " + std::to_string(header.extents.size()) + ", " + extents_text(header.extents));
    const auto bytes = byte_count(header.extents, sizeof(Element));
    if (!bytes)
        file.fail(0, "extents of an array that fits into memory", extents_text(header.extents));
    file.expect_left(*bytes, npy_type<Element>() + " values (" + extents_text(header.extents) + ")");
    return header;
}

} // namespace internal

/// Reads a .npy file, NumPy's format of one array, in either of its element orders, plain or packed with
/// gzip. `Element` and `Rank` must be the file's own: no silent conversion. data_error also if the file is
/// shorter or longer than its extents say; that is found out before anything is allocated (see
/// input_file::expect_left about gzip).
template <npy_element Element, std::size_t Rank>
[[nodiscard]] xt::xtensor<Element, Rank> read_npy(const std::filesystem::path& path) {
    input_file file{path};
    const auto header = internal::read_npy_header<Element>(file, Rank);
    std::array<std::size_t, Rank> extents{};
    for (std::size_t i = 0; i < extents.size(); ++i)
        extents[i] = static_cast<std::size_t>(header.extents[i]);

    const auto load = [&](auto result) {
        const auto start = file.position();
        file.read(result.data(), result.size() * sizeof(Element), "elements");
        file.expect_end();
        if constexpr (std::same_as<Element, bool>) {
            const auto bytes = reinterpret_cast<const unsigned char*>(result.data());
            for (std::size_t i = 0; i < result.size(); ++i)
                if (bytes[i] > 1)
                    file.fail(start + i, "0 or 1 for a bool", std::to_string(bytes[i]));
        }
        return result;
    };
    if (header.columns_first)
        return load(xt::xtensor<Element, Rank, xt::layout_type::column_major>(extents));
    return load(xt::xtensor<Element, Rank>(extents));
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
