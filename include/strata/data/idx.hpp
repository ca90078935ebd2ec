// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/array.hpp>
#include <strata/data/byte_order.hpp>
#include <strata/data/error.hpp>
#include <strata/data/extents.hpp>
#include <strata/data/input_file.hpp>
#include <strata/data/output_file.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/kernels/large_pages.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

/// What an IDX file can hold.
template <class Element>
concept idx_element = std::same_as<Element, std::uint8_t> || std::same_as<Element, std::int8_t> ||
    std::same_as<Element, std::int16_t> || std::same_as<Element, std::int32_t> ||
    std::same_as<Element, float> || std::same_as<Element, double>;

namespace internal {

template <idx_element Element>
constexpr unsigned idx_code() {
    if constexpr (std::same_as<Element, std::uint8_t>)
        return 0x08;
    else if constexpr (std::same_as<Element, std::int8_t>)
        return 0x09;
    else if constexpr (std::same_as<Element, std::int16_t>)
        return 0x0B;
    else if constexpr (std::same_as<Element, std::int32_t>)
        return 0x0C;
    else if constexpr (std::same_as<Element, float>)
        return 0x0D;
    else
        return 0x0E;
}

inline std::string idx_name(unsigned code) {
    switch (code) {
    case 0x08:
        return "uint8";
    case 0x09:
        return "int8";
    case 0x0B:
        return "int16";
    case 0x0C:
        return "int32";
    case 0x0D:
        return "float";
    case 0x0E:
        return "double";
    default:
        return concatenate("type ", code);
    }
}

/// Turns `count` values from the machine's order of bytes to big-endian, or back, in place.
template <class Element>
void swap_big_endian(unsigned char* bytes, std::size_t count) {
    if constexpr (std::endian::native == std::endian::little)
        swap_bytes<sizeof(Element)>(bytes, count);
}

/// What follows the header of an IDX file.
struct idx_elements {
    std::size_t bytes;
    std::string text; ///< as a message calls them
};

/// Reads the header of a file with elements of that code and size and as many extents as there is room for.
template <class Reader>
idx_elements read_idx_header(Reader& file, unsigned code, std::size_t element_bytes,
                             std::span<std::size_t> extents) {
    std::array<unsigned char, 4> header;
    file.read(header.data(), header.size(), "an IDX header");
    if (header[0] != 0 || header[1] != 0)
        file.fail(0, "the two zero bytes that begin an IDX file", concatenate(header[0], " and ", header[1]));
    if (header[2] != code)
        file.fail(2, concatenate("elements of ", idx_name(code)), idx_name(header[2]));
    if (header[3] != extents.size())
        file.fail(3, concatenate("an array of rank ", extents.size()), concatenate("rank ", header[3]));

    std::array<unsigned char, 4 * 255> extent_bytes;
    file.read(extent_bytes.data(), 4 * extents.size(), "an IDX header's extents");
    for (std::size_t i = 0; i < 4 * extents.size(); ++i)
        extents[i / 4] = (i % 4 == 0 ? 0 : extents[i / 4] << 8) | extent_bytes[i];

    const std::string shape = extents_text(extents);
    const auto bytes = byte_count(extents, element_bytes);
    if (!bytes)
        file.fail(4, "extents of an array that fits into memory", shape);
    idx_elements elements{*bytes, concatenate(idx_name(code), " values (", shape, ")")};
    file.expect_left(elements.bytes, elements.text);
    return elements;
}

/// Makes an array of these extents and returns its memory.
using idx_array_maker = void* (*)(void* array, std::span<const std::size_t> extents);

/// Reads an array whatever its elements and rank are, as they are in the file.
[[gnu::noinline]] inline void read_idx_array(const std::filesystem::path& path, unsigned code,
                                             std::size_t element_bytes, std::span<std::size_t> extents,
                                             void* array, idx_array_maker make) {
    input_file file{path};
    const idx_elements elements = read_idx_header(file, code, element_bytes, extents);
    void* const memory = make(array, extents);
    ask_for_large_pages(memory, elements.bytes);
    file.read(memory, elements.bytes, elements.text);
    file.expect_end();
}

} // namespace internal

/// Reads an IDX file, the format of MNIST and its kin: two zero bytes, a code of the element type, the number
/// of extents, the extents as big-endian 32-bit numbers, then the elements, big-endian, the last axis
/// fastest. Plain and gzip files alike.
///
/// `Element` and `Rank` must be the file's own: no silent conversion. data_error also if the file is shorter
/// or longer than its extents say; that is found out before anything is allocated (see
/// input_file::expect_left about gzip).
template <idx_element Element, std::size_t Rank>
[[nodiscard]] xt::xtensor<Element, Rank> read_idx(const std::filesystem::path& path) {
    static_assert(Rank >= 1 && Rank <= 255, "strata: an IDX file has 1 to 255 axes");
    std::array<std::size_t, Rank> extents{};
    xt::xtensor<Element, Rank> result;
    internal::read_idx_array(path, internal::idx_code<Element>(), sizeof(Element), extents, &result,
                             [](void* array, std::span<const std::size_t> given) -> void* {
                                 std::array<std::size_t, Rank> shape;
                                 std::copy_n(given.begin(), Rank, shape.begin());
                                 auto& made = *static_cast<xt::xtensor<Element, Rank>*>(array);
                                 made.resize(shape);
                                 return made.data();
                             });
    internal::swap_big_endian<Element>(reinterpret_cast<unsigned char*>(result.data()), result.size());
    return result;
}
/// Writes an array, or an expression of arrays, as an IDX file; packed with gzip if the name ends with .gz.
/// data_error if an extent takes more than 32 bits, or if the file cannot be written.
template <class Expression>
    requires idx_element<typename Expression::value_type>
void write_idx(const std::filesystem::path& path, const xt::xexpression<Expression>& expression) {
    using element = typename Expression::value_type;
    const auto& array = expression.derived_cast();
    if (array.dimension() < 1 || array.dimension() > 255)
        internal::raise(data_error::in_file(path, "an array of rank 1 to 255",
                                            internal::concatenate("rank ", array.dimension())));

    std::vector<unsigned char> block{0, 0, internal::idx_code<element>(),
                                     static_cast<unsigned char>(array.dimension())};
    for (const std::uint64_t extent : array.shape()) {
        if (extent > std::numeric_limits<std::uint32_t>::max())
            internal::raise(
                data_error::in_file(path, "extents of 32 bits", internal::extents_text(array.shape())));
        for (int shift = 24; shift >= 0; shift -= 8)
            block.push_back(static_cast<unsigned char>(extent >> shift));
    }

    output_file file{path};
    file.write(block.data(), block.size());
    constexpr std::size_t block_elements = 8192;
    block.resize(block_elements * sizeof(element));
    auto iterator = array.template begin<xt::layout_type::row_major>();
    for (std::size_t remaining = array.size(); remaining > 0;) {
        const auto count = std::min(remaining, block_elements);
        for (std::size_t i = 0; i < count; ++i, ++iterator) {
            const element value = *iterator;
            std::memcpy(block.data() + i * sizeof(element), &value, sizeof(element));
        }
        internal::swap_big_endian<element>(block.data(), count);
        file.write(block.data(), count * sizeof(element));
        remaining -= count;
    }
    file.close();
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::read_idx;
using bedrock::write_idx;
} // namespace strata

STRATA_HEADER_END
