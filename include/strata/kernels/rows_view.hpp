// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <cstddef>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

/// Rows of numbers, `pitch` apart: the pixels of all samples, whose channels may be a part of longer rows.
template <class T>
struct rows_view {
    T* data = nullptr;
    std::size_t pitch = 0;

    [[nodiscard]] constexpr T* row(std::size_t number) const noexcept { return data + number * pitch; }
    /// The same without so many rows at the begin.
    [[nodiscard]] constexpr rows_view skip(std::size_t rows) const noexcept { return {row(rows), pitch}; }
    constexpr operator rows_view<const T>() const noexcept requires(!std::is_const_v<T>) {
        return {data, pitch};
    }
};

} // namespace strata::bedrock::inline STRATA_SETTING
