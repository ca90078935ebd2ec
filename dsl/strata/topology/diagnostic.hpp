// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/text.hpp>

namespace strata {

/// Declared and never defined: naming it completely makes the compiler print the sentences, which is the
/// message. They are passed in short pieces because clang cuts each at 32 characters.
template <text... Sentences>
struct topology_error;

namespace detail {
/// `Subject` is what the sentences are about; it keeps compilers from complaining before they know it.
template <class Subject, text... Sentences>
consteval bool reject() {
#if __cpp_static_assert >= 202306L
    static_assert(sizeof...(Sentences) == 0, (text("strata:") + ... + (text(" ") + Sentences)).view());
    return false;
#else
    return sizeof(topology_error<Sentences...>) > 0;
#endif
}
} // namespace detail

} // namespace strata
