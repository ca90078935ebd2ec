// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/sample_list.hpp>
#include <strata/expression/diagnostic.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Anything that samples can be read from.
template <class Array>
inline constexpr bool is_readable =
    std::same_as<Array, sample_list> || std::constructible_from<samples, const Array&>;

template <class T>
inline constexpr bool holds_texts = std::convertible_to<const T&, std::string_view>;
template <std::ranges::range T>
    requires(!std::convertible_to<const T&, std::string_view> &&
             !std::same_as<std::ranges::range_value_t<T>, T>)
inline constexpr bool holds_texts<T> = holds_texts<std::ranges::range_value_t<T>>;

/// The rank of an array where its type tells, else `SIZE_MAX`.
template <class Array>
inline constexpr std::size_t rank_of = SIZE_MAX;
template <array_expression Array>
inline constexpr std::size_t rank_of<Array> = static_rank<Array>;

/// What cannot be read is an error at compile time that says what can. `Wants` is what is wanted instead of
/// texts.
template <text What, class Array, text Wants>
consteval bool check_readable() {
    if constexpr (is_readable<Array>)
        return true;
    else if constexpr (holds_texts<Array>)
        return reject<Array, What + text(" holds texts"), Wants>();
    else
        return reject<Array, What + text(" cannot be read"), "it takes an array of numbers,",
                      "a range of numbers", "or a range of such rows">();
}

template <std::size_t First, std::size_t Second>
inline constexpr auto ranks_text = [] {
    if constexpr (First == Second)
        return text("it must have rank ") + number_text<First>;
    else
        return text("it must have rank ") + number_text<std::min(First, Second)> + text(" or ") +
               number_text<std::max(First, Second)>;
}();

/// So is a rank that the type tells and the network cannot take. `Hint` is what else there is to say of it.
template <text What, class Array, text Wants, text Hint, std::size_t Rank, std::size_t OtherRank = Rank>
consteval bool check_array() {
    if constexpr (!is_readable<Array> || rank_of<Array> == SIZE_MAX || rank_of<Array> == Rank ||
                  rank_of<Array> == OtherRank)
        return check_readable<What, Array, Wants>();
    else if constexpr (Hint.view().empty())
        return reject<Array, What + text(" has rank ") + number_text<rank_of<Array>>,
                      ranks_text<Rank, OtherRank>>();
    else
        return reject<Array, What + text(" has rank ") + number_text<rank_of<Array>>,
                      ranks_text<Rank, OtherRank>, Hint>();
}

/// The samples, or none where they cannot be read, which is reported elsewhere.
template <class Array>
sample_list read_list(const Array& array) {
    if constexpr (is_readable<Array>)
        return sample_list(array);
    else
        return {};
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
