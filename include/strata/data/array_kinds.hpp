// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/array.hpp>
#include <strata/data/scaled_bytes.hpp>
#include <strata/setting.hpp>

#include STRATA_XTENSOR(xadapt)

#include <algorithm> // has the concepts of ranges, too, and takes a compiler half as long as <ranges>
#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace internal {
template <class Array>
inline constexpr bool is_scaled_bytes = false;
template <std::size_t Rank>
inline constexpr bool is_scaled_bytes<scaled_bytes<Rank>> = true;

// In memory as it is read: row-major and without gaps.
template <class Array>
concept contiguous_array = requires(const Array& array) {
    { array.data() } -> std::convertible_to<const typename Array::value_type*>;
    { array.layout() } -> std::same_as<xt::layout_type>;
    array.strides();
};

// An array of xtensor's own, not a view of one, that is row-major by its type: a compiler need not see how
// any other would be copied.
template <class Array>
inline constexpr bool is_row_major_array = false;
template <class Storage, std::size_t Rank, class Tag>
inline constexpr bool
    is_row_major_array<xt::xtensor_container<Storage, Rank, xt::layout_type::row_major, Tag>> = true;
template <class Storage, class Shape, class Tag>
inline constexpr bool
    is_row_major_array<xt::xarray_container<Storage, xt::layout_type::row_major, Shape, Tag>> = true;

/// A type that is nothing but numbers in a row, such as `std::array<std::array<float, 2>, 3>`: which numbers,
/// and how many. None in any other type.
template <class T>
struct number_row {
    using number = T;
    static constexpr std::size_t length = std::is_arithmetic_v<T>;
};
template <class T, std::size_t Count>
struct number_row<std::array<T, Count>> {
    using number = typename number_row<T>::number;
    static constexpr std::size_t length =
        sizeof(std::array<T, Count>) == Count * sizeof(T) ? Count * number_row<T>::length : 0;
};
} // namespace internal

template <class Array>
concept array_expression = xt::is_xexpression<Array>::value || internal::is_scaled_bytes<std::decay_t<Array>>;

// Each first asks whether it is an array, since a compiler that asks an array for its iterators makes them.

/// Numbers in a row, such as `std::vector<float>`; the characters of a text are none.
template <class Range>
concept number_range = !array_expression<Range> && std::ranges::contiguous_range<Range> &&
                       std::is_arithmetic_v<std::ranges::range_value_t<Range>> &&
                       !std::convertible_to<const Range&, std::string_view>;

/// Numbers that lie apart or are no numbers in memory, such as `std::deque<float>` and `std::vector<bool>`.
template <class Range>
concept loose_numbers = !array_expression<Range> && std::ranges::forward_range<const Range> &&
                        std::ranges::sized_range<const Range> && !number_range<Range> &&
                        std::is_arithmetic_v<std::ranges::range_value_t<const Range>> &&
                        !std::convertible_to<const Range&, std::string_view>;

/// Rows of one length that the type tells, one after another in memory: `std::vector<std::array<float, 4>>`.
template <class Range>
concept fixed_rows =
    !array_expression<Range> && std::ranges::contiguous_range<Range> && !number_range<Range> &&
    (internal::number_row<std::ranges::range_value_t<Range>>::length > 0);

namespace internal {
template <class Range>
concept any_numbers = number_range<Range> || loose_numbers<Range>;
} // namespace internal

/// Rows of a length that only a run can know: `std::vector<std::vector<float>>`.
template <class Range>
concept loose_rows = !array_expression<Range> && std::ranges::forward_range<const Range> &&
                     !number_range<Range> && !loose_numbers<Range> && !fixed_rows<Range> &&
                     internal::any_numbers<std::remove_cvref_t<std::ranges::range_reference_t<const Range>>>;

namespace internal {
/// Numbers that `samples` would refer to, and that go along when they are moved.
template <class Array>
concept movable_numbers =
    !std::is_const_v<Array> && (array_expression<Array> || (!std::ranges::borrowed_range<Array> &&
                                                            (number_range<Array> || fixed_rows<Array>)));
} // namespace internal

/// The rank of an array where its type tells, else `SIZE_MAX`.
template <class Array>
inline constexpr std::size_t static_rank = [] {
    if constexpr (internal::is_scaled_bytes<Array>)
        return Array::rank;
    else
        return xt::get_rank<Array>::value;
}();

} // namespace strata::bedrock::inline STRATA_SETTING
