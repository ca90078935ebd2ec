// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/language.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace strata::bedrock::detail {

/// A piece of a message: a text, or a whole number.
struct message_piece {
    constexpr message_piece(std::string_view characters)
        : text(characters.data()), value(characters.size()) {}
    template <std::unsigned_integral Number>
    constexpr message_piece(Number number) : value(number), is_number(true) {}

    const char* text = nullptr;
    unsigned long long value; ///< the number, or how many characters there are
    bool is_number = false;
};

// Never inlined: messages are many and seldom built, and the code of each would cost every program compile
// time.
[[gnu::noinline]] inline void append_pieces(std::string& message, const message_piece* pieces,
                                            std::size_t count) {
    for (const message_piece* each = pieces; each != pieces + count; ++each) {
        char digits[20]; // of 2^64 - 1
        char* const end = digits + sizeof digits;
        char* begin = end;
        if (each->is_number)
            for (unsigned long long rest = each->value; begin == end || rest > 0; rest /= 10)
                *--begin = static_cast<char>('0' + rest % 10);
        if (each->is_number)
            message.append(begin, static_cast<std::size_t>(end - begin));
        else
            message.append(each->text, static_cast<std::size_t>(each->value));
    }
}
[[gnu::noinline]] inline std::string join_pieces(const message_piece* pieces, std::size_t count) {
    std::string message;
    append_pieces(message, pieces, count);
    return message;
}

/// Appends texts and whole numbers, one after another.
template <class... Pieces>
void append(std::string& message, const Pieces&... pieces) {
    const message_piece all[]{message_piece(pieces)...};
    append_pieces(message, all, sizeof...(Pieces));
}

/// A string of texts and whole numbers, one after another.
template <class... Pieces>
std::string concatenate(const Pieces&... pieces) {
    const message_piece all[]{message_piece(std::string_view()), message_piece(pieces)...};
    return join_pieces(all, sizeof...(Pieces) + 1);
}

} // namespace strata::bedrock::detail
