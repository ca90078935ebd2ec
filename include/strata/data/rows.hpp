// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/kernels/large_pages.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include STRATA_XTENSOR(xarray)
#include STRATA_XTENSOR(xutils)

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {

template <class Expression, std::size_t Rank = xt::get_rank<Expression>::value>
struct row_major_array {
    using type = xt::xtensor<typename Expression::value_type, Rank, xt::layout_type::row_major>;
};
template <class Expression>
struct row_major_array<Expression, SIZE_MAX> {
    using type = xt::xarray<typename Expression::value_type, xt::layout_type::row_major>;
};

} // namespace internal

/// The array an expression becomes when it is stored, last axis fastest: an xt::xtensor if its rank is known
/// to the compiler, an xt::xarray otherwise.
template <class Expression>
using stored_array = typename internal::row_major_array<std::decay_t<Expression>>::type;

namespace internal {

/// The array itself if it is a stored_array already, else a copy that is one.
template <class Expression>
[[nodiscard]] decltype(auto) stored(const xt::xexpression<Expression>& expression) {
    if constexpr (std::is_same_v<stored_array<Expression>, Expression>)
        return (expression.derived_cast());
    else
        return stored_array<Expression>(expression.derived_cast());
}

} // namespace internal

/// How many samples an array has: its first extent.
template <class Array>
[[nodiscard]] std::size_t row_count(const Array& array) {
    if (array.dimension() == 0)
        internal::raise(data_error{"row_count: expected an array of samples, found a single number"});
    return array.shape(0);
}

namespace internal {
/// data_error for the first of some rows that is none of so many.
inline void check_rows(std::span<const std::size_t> indices, std::size_t rows) {
    for (const std::size_t row : indices)
        if (row >= rows)
            raise(data_error{concatenate("take_rows: expected a row below ", rows, ", found ", row)});
}
} // namespace internal

/// A copy of chosen samples: element i along the first axis of the result is element indices[i] of `array`.
/// data_error if there is no such element.
template <class Expression>
[[nodiscard]] stored_array<Expression> take_rows(const xt::xexpression<Expression>& array,
                                                 std::span<const std::size_t> indices) {
    const auto rows = row_count(array.derived_cast());
    internal::check_rows(indices, rows);
    const auto& source = internal::stored(array);
    auto result_shape = source.shape();
    result_shape[0] = indices.size();
    stored_array<Expression> result(result_shape);
    internal::ask_for_large_pages(result);
    const auto stride = rows == 0 ? 0 : source.size() / rows;
    for (std::size_t i = 0; i < indices.size(); ++i)
        std::copy_n(source.data() + indices[i] * stride, stride, result.data() + i * stride);
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::take_rows;
} // namespace strata
