// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/byte_order.hpp>
#include <strata/data/error.hpp>
#include <strata/data/extents.hpp>
#include <strata/data/half.hpp>
#include <strata/data/npy_header.hpp>
#include <strata/kernels/large_pages.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
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

/// How elements lie in a file whose header has been read.
struct npy_layout {
    npy_header header;
    bool is_swapped = false; ///< the other order of bytes than this machine's
    bool is_half = false;    ///< float16, which is read as float
};

/// Reads a header and checks it against the type and rank asked for, and against how much there is.
template <npy_element Element, class Reader>
npy_layout read_npy_header(Reader& file, std::size_t rank) {
    npy_layout result{npy_header{file}};
    const npy_header& header = result.header;
    const std::string own = npy_type<Element>();
    const std::string_view found = header.type, kind = found.substr(std::min<std::size_t>(1, found.size()));
    const bool has_order = found.starts_with('<') || found.starts_with('>');
    result.is_half = std::same_as<Element, float> && has_order && kind == "f2";
    if (found != own && !result.is_half && !(has_order && sizeof(Element) > 1 && kind == own.substr(1)))
        file.fail(0, "elements of type " + own, shown(found));
    result.is_swapped = has_order && found[0] != (std::endian::native == std::endian::little ? '<' : '>');
    if (header.extents.size() != rank)
        file.fail(0, "an array of rank " + std::to_string(rank),
                  "rank " + std::to_string(header.extents.size()) + ", " + extents_text(header.extents));
    const auto bytes = byte_count(header.extents, sizeof(Element));
    if (!bytes)
        file.fail(0, "extents of an array that fits into memory", extents_text(header.extents));
    file.expect_left(result.is_half ? *bytes / 2 : *bytes,
                     std::string(found).append(" values (").append(extents_text(header.extents)).append(")"));
    return result;
}

template <class Element, class Reader>
void read_npy_elements(Reader& file, Element* elements, std::size_t count, bool is_swapped) {
    const auto start = file.position();
    file.read(elements, count * sizeof(Element), "elements");
    if constexpr (std::same_as<Element, bool>) {
        const auto bytes = reinterpret_cast<const unsigned char*>(elements);
        for (std::size_t i = 0; i < count; ++i)
            if (bytes[i] > 1)
                file.fail(start + i, "0 or 1 for a bool", std::to_string(bytes[i]));
    } else if (is_swapped)
        swap_bytes<sizeof(Element)>(reinterpret_cast<unsigned char*>(elements), count);
}

template <class Reader>
void read_halves(Reader& file, float* numbers, std::size_t count, bool is_swapped) {
    std::array<std::uint16_t, 4096> halves;
    for (std::size_t first = 0; first < count; first += halves.size()) {
        const std::size_t size = std::min(halves.size(), count - first);
        read_npy_elements(file, halves.data(), size, is_swapped);
        std::transform(halves.data(), halves.data() + size, numbers + first, half_number);
    }
}

/// Reads an array in NumPy's format to the end of what a reader has.
template <npy_element Element, std::size_t Rank, class Reader>
xt::xtensor<Element, Rank> read_npy_array(Reader& file) {
    const npy_layout layout = read_npy_header<Element>(file, Rank);
    std::array<std::size_t, Rank> extents{};
    for (std::size_t i = 0; i < extents.size(); ++i)
        extents[i] = static_cast<std::size_t>(layout.header.extents[i]);

    const auto load = [&](auto result) {
        ask_for_large_pages(result);
        if constexpr (std::same_as<Element, float>) {
            if (layout.is_half)
                read_halves(file, result.data(), result.size(), layout.is_swapped);
            else
                read_npy_elements(file, result.data(), result.size(), layout.is_swapped);
        } else
            read_npy_elements(file, result.data(), result.size(), layout.is_swapped);
        file.expect_end();
        return result;
    };
    if (layout.header.columns_first)
        return load(xt::xtensor<Element, Rank, xt::layout_type::column_major>(extents));
    return load(xt::xtensor<Element, Rank>(extents));
}

} // namespace internal
} // namespace strata::bedrock::inline STRATA_SETTING
