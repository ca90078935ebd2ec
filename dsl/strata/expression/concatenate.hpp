// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/language.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace strata::bedrock::detail {

// Never inlined: messages are many and seldom built, and the code of chains of operator+ would cost every
// program compile time.
[[gnu::noinline]] inline void append_to(std::string& message, std::string_view piece) {
    message.append(piece);
}
[[gnu::noinline]] inline void append_number(std::string& message, unsigned long long number) {
    message.append(std::to_string(number));
}
template <std::unsigned_integral Number>
void append_to(std::string& message, Number number) {
    append_number(message, number);
}

/// A string of texts and whole numbers, one after another.
template <class... Pieces>
std::string concatenate(const Pieces&... pieces) {
    std::string message;
    (append_to(message, pieces), ...);
    return message;
}

} // namespace strata::bedrock::detail
