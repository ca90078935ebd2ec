// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// Whether C++ or a written header itself has another use for a name of the global namespace.
[[nodiscard]] inline bool is_reserved(std::string_view name) {
    // The words of C++20, alternative spellings of operators included.
    constexpr std::string_view words =
        " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t "
        "char32_t char8_t class co_await co_return co_yield compl concept const const_cast consteval "
        "constexpr constinit continue decltype default delete do double dynamic_cast else enum "
        "explicit export extern false float for friend goto if inline int long mutable namespace new "
        "noexcept not not_eq nullptr operator or or_eq private protected public register "
        "reinterpret_cast requires return short signed sizeof static static_assert static_cast struct "
        "switch template this thread_local throw true try typedef typeid typename union unsigned "
        "using virtual void volatile wchar_t while xor xor_eq main std strata ";
    return words.find(concatenate(" ", name, " ")) != words.npos || name.starts_with('_') ||
           name.find("__") != name.npos;
}

/// An error of `place` for a name that a header cannot give to a network.
inline void check_identifier(std::string_view place, std::string_view name) {
    const auto is_letter = [](char each) {
        return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || each == '_';
    };
    const auto is_allowed = [&](char each) { return is_letter(each) || (each >= '0' && each <= '9'); };
    if (name.empty() || !is_letter(name[0]) || !std::all_of(name.begin(), name.end(), is_allowed))
        raise(std::invalid_argument(
            concatenate(place, ": expected a name of letters, digits and _, found \"", name, "\"")));
    if (is_reserved(name))
        raise(std::invalid_argument(
            concatenate(place, ": expected a name that is free, found \"", name, "\"")));
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
