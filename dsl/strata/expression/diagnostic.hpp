// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/expression/text.hpp>

namespace strata::bedrock {

/// Declared and never defined: naming it completely makes the compiler print the sentences, which is the
/// message, in which no setting stands.
template <text... Sentences>
struct topology_error;

} // namespace strata::bedrock

namespace strata::bedrock::inline STRATA_SETTING::detail {
template <text... Sentences>
struct sentences {
    template <text... Others>
    constexpr auto operator+(sentences<Others...>) const {
        return sentences<Sentences..., Others...>{};
    }
    static consteval bool print() { return sizeof(topology_error<Sentences...>) > 0; }
};

template <std::size_t Begin, std::size_t End, std::size_t Size>
constexpr auto cut(const text<Size>& whole) {
    text<End - Begin + 1> result;
    result.put(0, whole.characters + Begin, End - Begin);
    result.characters[End - Begin] = '\0'; // which clang wants to see written, or it prints numbers
    return result;
}

/// A sentence in pieces that the compiler prints whole: clang cuts a text of more than 36 characters.
template <text Sentence>
constexpr auto printable() {
#ifdef __clang__
    constexpr std::size_t longest = 36;
    if constexpr (Sentence.view().size() > longest) {
        constexpr std::size_t blank = Sentence.view().substr(0, longest + 1).rfind(' ');
        if constexpr (blank != std::string_view::npos && blank > 0)
            return sentences<cut<0, blank>(Sentence)>{} +
                   printable<cut<blank + 1, Sentence.view().size()>(Sentence)>();
        else
            return sentences<Sentence>{};
    } else
#endif
        return sentences<Sentence>{};
}

/// `Subject` is what the sentences are about; it keeps compilers from complaining before they know it.
template <class Subject, text... Sentences>
consteval bool reject() {
#if __cpp_static_assert >= 202306L
    static_assert(sizeof...(Sentences) == 0, (text("strata:") + ... + (text(" ") + Sentences)).view());
    return false;
#else
    return decltype((sentences<>{} + ... + printable<Sentences>()))::print();
#endif
}
} // namespace strata::bedrock::inline STRATA_SETTING::detail

STRATA_HEADER_END
