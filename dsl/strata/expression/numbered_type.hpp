// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/type_number.hpp>
#include <strata/setting.hpp>

#include <cstdint>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING {

namespace detail {
// g++ takes the friends for templates that somebody forgot to declare.
#if defined(__GNUC__) && !defined(__clang__)
#    pragma GCC diagnostic push
#    pragma GCC diagnostic ignored "-Wnon-template-friend"
#endif
/// Finds a type by its number: its `find_type` is declared here, and defined where the type is entered. Two
/// types of one number would be a compile-time error, two definitions of that function.
template <std::uint64_t Number>
struct type_key {
    friend constexpr auto find_type(type_key<Number>);
};
template <std::uint64_t Number, class T>
struct type_entry {
    friend constexpr auto find_type(type_key<Number>) { return std::type_identity<T>{}; }
    static constexpr std::uint64_t number = Number;
};
#if defined(__GNUC__) && !defined(__clang__)
#    pragma GCC diagnostic pop
#endif
template <std::uint64_t Number>
using found_type = typename decltype(find_type(type_key<Number>{}))::type;

/// The number of a type, entered.
template <class T>
inline constexpr std::uint64_t entered_number = type_entry<type_number<T>::value, T>::number;
template <class T>
concept has_number = type_number<T>::value != no_number;
} // namespace detail

/// A type that is known by its number. It is used as the type itself, which it derives from, where what is
/// made for it shall have a short name: a compiler writes a type that is a template argument out in the name
/// of each function.
template <std::uint64_t Number>
struct numbered_type : detail::found_type<Number> {
    using plain = detail::found_type<Number>;
};

namespace detail {
template <class T>
struct numbering {
    using type = T;
};
template <has_number T>
    requires std::is_class_v<T>
struct numbering<T> {
    using type = numbered_type<entered_number<T>>;
};

template <std::uint64_t Number>
struct numbering<numbered_type<Number>> {
    using type = numbered_type<Number>;
};

template <class T>
struct plain_type {
    using type = T;
};
template <class T>
    requires requires { typename T::plain; }
struct plain_type<T> {
    using type = typename T::plain;
};
} // namespace detail

/// A type by its number; one that has none, as it has to do with a type of a program's own, is itself.
template <class T>
using stand_in = typename detail::numbering<T>::type;
/// The type itself.
template <class T>
using plain = typename detail::plain_type<T>::type;

} // namespace strata::bedrock::inline STRATA_SETTING
