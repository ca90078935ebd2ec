// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <strata/expression/term.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// What stands for a type or a value of which nothing is known that tells it from all others.
inline constexpr std::uint64_t no_number = 0;

/// A number of two, by the finalizer of MurmurHash3: which of them comes first matters.
constexpr std::uint64_t mix_numbers(std::uint64_t first, std::uint64_t second) {
    std::uint64_t result = std::rotl(first, 23) * 0x9e3779b97f4a7c15u + second;
    result = (result ^ (result >> 33)) * 0xff51afd7ed558ccdu;
    result = (result ^ (result >> 33)) * 0xc4ceb9fe1a85ec53u;
    return result ^ (result >> 33);
}
template <std::size_t Count>
constexpr std::uint64_t mix_all(std::uint64_t first, const std::array<std::uint64_t, Count>& numbers) {
    std::uint64_t result = mix_numbers(first, Count);
    for (const std::uint64_t each : numbers) {
        if (each == no_number)
            return no_number;
        result = mix_numbers(result, each);
    }
    return first == no_number ? no_number : result;
}
/// FNV-1a over the characters of one text, or of two, one behind the other.
constexpr std::uint64_t number_of_text(std::string_view text, std::string_view rest = {}) {
    std::uint64_t result = 0xcbf29ce484222325u;
    for (const std::string_view part : {text, rest})
        for (const char each : part)
            result = (result ^ static_cast<unsigned char>(each)) * 0x100000001b3u;
    return mix_numbers(text.size() + rest.size(), result);
}

// In a namespace of its own, whose types g++ would name without it.
namespace signatures {
template <class T>
constexpr const char* of_type() {
    return __PRETTY_FUNCTION__;
}
} // namespace signatures
inline constexpr std::size_t signature_begin = std::string_view(signatures::of_type<void>()).rfind("void");

/// The name of a type, or of its template without what that was given. Compilers say that differently, and
/// some leave out what tells one type from another; not so for the library's own, which stand in no function.
struct type_name {
    std::uint64_t number = no_number;
    bool is_plain = true;
};
// Looks at no more than the name: what the template was given may be a whole network.
template <class T>
inline constexpr type_name name_of_type = [] {
    const char* const begin = signatures::of_type<T>() + signature_begin;
    std::size_t size = 0;
    bool is_own = true;
    while (begin[size] != '<' && begin[size] != ']') {
        is_own = is_own && begin[size] != '(' && begin[size] != '{';
        ++size;
    }
    const std::string_view name(begin, size);
    // What compilers say of the inline namespace, or leave out, is no part of the name.
    constexpr std::string_view scope = "strata::bedrock::";
    constexpr std::string_view setting = "strata::bedrock::" STRATA_SETTING_TEXT "::";
    const std::string_view rest = name.substr(name.starts_with(setting) ? setting.size()
                                              : name.starts_with(scope) ? scope.size()
                                                                        : 0);
    return type_name{is_own && rest.size() < name.size() ? number_of_text(scope, rest) : no_number,
                     begin[size] == ']'};
}();

/// A number for a type, the same wherever a program has the type, and another one for each other type;
/// `no_number` where the type has to do with one that is not the library's, since nothing else that the
/// language offers tells all types of a program's own from each other.
template <class T>
struct type_number {
    static constexpr std::uint64_t value = name_of_type<T>.is_plain ? name_of_type<T>.number : no_number;
};
// Compilers have different names for these.
template <class... T>
struct numbered_arithmetic {
    template <class Wanted>
    static constexpr std::uint64_t number = [] {
        std::uint64_t result = 0;
        std::uint64_t place = 0;
        for (const bool is_same : {std::is_same_v<Wanted, T>...}) {
            ++place;
            result = is_same ? place : result;
        }
        return result;
    }();
};
template <class T>
    requires std::is_arithmetic_v<T>
struct type_number<T> {
    static constexpr std::uint64_t value =
        numbered_arithmetic<bool, char, signed char, unsigned char, short, unsigned short, int, unsigned,
                            long, unsigned long, long long, unsigned long long, float,
                            double>::template number<T>;
};

template <class T, std::size_t Size>
struct type_number<std::array<T, Size>> {
    static constexpr std::uint64_t value =
        mix_all(number_of_text("array"), std::array{type_number<T>::value, std::uint64_t{Size}});
};

template <class T>
concept has_parts = requires(const T& value) {
    value.visit_parts([](const auto&) {});
};

// The bytes of a value, if all of them say something.
template <auto Value>
constexpr std::uint64_t number_of_bytes() {
    using type = std::remove_const_t<decltype(Value)>;
    const auto bytes = std::bit_cast<std::array<char, sizeof(type)>>(Value);
    return number_of_text({bytes.data(), bytes.size()});
}
template <std::uint64_t>
struct constant_number {};
template <auto Value>
concept has_bytes = requires {
    typename constant_number<number_of_bytes<Value>()>;
};

template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t Size>
inline constexpr bool is_array<std::array<T, Size>> = true;

template <class T>
constexpr std::uint64_t number_of_part(const T& value);
/// The number of several parts so far, and one more.
template <class T>
constexpr std::uint64_t mix_part(std::uint64_t parts, const T& part) {
    const std::uint64_t number = number_of_part(part);
    return parts == no_number || number == no_number ? no_number : mix_numbers(parts, number);
}
template <class T>
constexpr std::uint64_t number_of_part(const T& value) {
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>)
        return mix_numbers(1, static_cast<std::uint64_t>(value));
    else if constexpr (std::is_floating_point_v<T>)
        return number_of_part(real(static_cast<double>(value)));
    else if constexpr (std::is_same_v<T, real>)
        return mix_numbers(2, value.bits);
    else if constexpr (std::is_same_v<T, literal>)
        return number_of_part(value.number);
    else if constexpr (std::is_empty_v<T>)
        return 1;
    else if constexpr (requires { value.view(); })
        return number_of_text(value.view());
    else if constexpr (term<T>) {
        std::uint64_t result = number_of_part(value.first);
        if constexpr (requires { value.second; })
            result = mix_part(result, value.second);
        if constexpr (requires { value.third; })
            result = mix_part(result, value.third);
        return result;
    } else if constexpr (requires {
                             typename T::variable;
                             value.formula;
                         })
        return number_of_part(value.formula);
    else if constexpr (is_array<T>) {
        std::uint64_t result = mix_numbers(4, value.size());
        for (const auto& each : value)
            result = mix_part(result, each);
        return result;
    } else if constexpr (has_parts<T>) {
        std::uint64_t result = 3;
        value.visit_parts([&](const auto& part) { result = mix_part(result, part); });
        return result;
    } else
        return no_number;
}

/// The same for a template argument that is a value, and its type.
template <auto Value>
inline constexpr std::uint64_t value_number = [] {
    using type = std::remove_const_t<decltype(Value)>;
    if constexpr (std::is_class_v<type> && !std::is_empty_v<type> && !term<type> && !has_parts<type> &&
                  !requires { Value.view(); } && has_bytes<Value>)
        return mix_all(type_number<type>::value, std::array{number_of_bytes<Value>()});
    else
        return mix_all(type_number<type>::value, std::array{number_of_part(Value)});
}();

// The forms of the templates that layers are made of. `T` is the whole type.
template <class T, std::uint64_t... Arguments>
inline constexpr std::uint64_t instance_number =
    mix_all(name_of_type<T>.number, std::array<std::uint64_t, sizeof...(Arguments)>{Arguments...});

template <template <class...> class Template, class... T>
struct type_number<Template<T...>> {
    static constexpr std::uint64_t value = instance_number<Template<T...>, type_number<T>::value...>;
};
template <template <auto...> class Template, auto... V>
struct type_number<Template<V...>> {
    static constexpr std::uint64_t value = instance_number<Template<V...>, value_number<V>...>;
};
template <template <auto, class, class...> class Template, auto V, class U, class... T>
struct type_number<Template<V, U, T...>> {
    static constexpr std::uint64_t value = instance_number<Template<V, U, T...>, value_number<V>,
                                                           type_number<U>::value, type_number<T>::value...>;
};
template <template <auto, auto, class, class...> class Template, auto V, auto W, class U, class... T>
struct type_number<Template<V, W, U, T...>> {
    static constexpr std::uint64_t value =
        instance_number<Template<V, W, U, T...>, value_number<V>, value_number<W>, type_number<U>::value,
                        type_number<T>::value...>;
};
template <template <auto, auto, auto, auto, class, class...> class Template, auto V, auto W, auto X, auto Y,
          class U, class... T>
struct type_number<Template<V, W, X, Y, U, T...>> {
    static constexpr std::uint64_t value =
        instance_number<Template<V, W, X, Y, U, T...>, value_number<V>, value_number<W>, value_number<X>,
                        value_number<Y>, type_number<U>::value, type_number<T>::value...>;
};
template <template <auto, auto, auto, class, class...> class Template, auto V, auto W, auto X, class U,
          class... T>
struct type_number<Template<V, W, X, U, T...>> {
    static constexpr std::uint64_t value =
        instance_number<Template<V, W, X, U, T...>, value_number<V>, value_number<W>, value_number<X>,
                        type_number<U>::value, type_number<T>::value...>;
};
template <template <auto, auto, auto, auto, auto, class> class Template, auto V, auto W, auto X, auto Y,
          auto Z, class T>
struct type_number<Template<V, W, X, Y, Z, T>> {
    static constexpr std::uint64_t value =
        instance_number<Template<V, W, X, Y, Z, T>, value_number<V>, value_number<W>, value_number<X>,
                        value_number<Y>, value_number<Z>, type_number<T>::value>;
};
template <template <auto, class, auto> class Template, auto V, class T, auto W>
struct type_number<Template<V, T, W>> {
    static constexpr std::uint64_t value =
        instance_number<Template<V, T, W>, value_number<V>, type_number<T>::value, value_number<W>>;
};
template <template <class, class, class, auto> class Template, class T, class U, class V, auto W>
struct type_number<Template<T, U, V, W>> {
    static constexpr std::uint64_t value =
        instance_number<Template<T, U, V, W>, type_number<T>::value, type_number<U>::value,
                        type_number<V>::value, value_number<W>>;
};
// Not <class, auto, auto...>, which for g++ is no template of a type and a list of values.
template <template <class, auto...> class Template, class T, auto... V>
    requires(sizeof...(V) > 0)
struct type_number<Template<T, V...>> {
    static constexpr std::uint64_t value =
        instance_number<Template<T, V...>, type_number<T>::value, value_number<V>...>;
};
template <template <class, class, auto...> class Template, class T, class U, auto... V>
    requires(sizeof...(V) > 0)
struct type_number<Template<T, U, V...>> {
    static constexpr std::uint64_t value = instance_number<Template<T, U, V...>, type_number<T>::value,
                                                           type_number<U>::value, value_number<V>...>;
};
template <template <auto, class, auto, class> class Template, auto V, class T, auto W, class U>
struct type_number<Template<V, T, W, U>> {
    static constexpr std::uint64_t value =
        instance_number<Template<V, T, W, U>, value_number<V>, type_number<T>::value, value_number<W>,
                        type_number<U>::value>;
};

} // namespace strata::bedrock::inline STRATA_SETTING::detail
