// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/extents.hpp>
#include <strata/data/npy_header.hpp>
#include <strata/data/plain_file.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/io/import/graph.hpp>
#include <strata/setting.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A .npy file of any rank as float, of floats, doubles, whole numbers or bytes, the lowest byte first.
inline tensor read_npy_tensor(const std::filesystem::path& path) {
    plain_file file(path);
    const internal::npy_header header(file);
    tensor result;
    for (const std::uint64_t extent : header.extents)
        result.shape.push_back(static_cast<std::size_t>(extent));
    const auto read = [&]<class Number>(std::string_view type, Number) {
        if (header.type != type)
            return false;
        const auto size = internal::byte_count(result.shape, sizeof(Number));
        if (!size || header.columns_first)
            file.fail(0, "an array with the last axis fastest that memory can hold", "another one");
        file.expect_left(*size, "numbers");
        std::vector<Number> numbers(*size / sizeof(Number));
        file.read(numbers.data(), *size, "numbers");
        result.numbers.assign(numbers.begin(), numbers.end());
        return true;
    };
    if (!read("<f4", float{}) && !read("<f8", double{}) && !read("<i4", std::int32_t{}) &&
        !read("<i8", std::int64_t{}) && !read("|u1", std::uint8_t{}))
        file.fail(0, "numbers of type <f4, <f8, <i4, <i8 or |u1", internal::shown(header.type));
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports

namespace strata {
using bedrock::imports::read_npy_tensor;
} // namespace strata
