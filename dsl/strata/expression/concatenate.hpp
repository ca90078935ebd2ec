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
// time. For the same reason two pointers: of a count that is constant compilers make a function for each.
[[gnu::noinline]] inline void append_pieces(std::string& message, const message_piece* begin,
                                            const message_piece* end) {
    for (const message_piece* each = begin; each != end; ++each) {
        char digits[20]; // of 2^64 - 1
        const char* text = each->text;
        auto size = static_cast<std::size_t>(each->value);
        if (each->is_number) {
            char* first = digits + sizeof digits;
            unsigned long long rest = each->value;
            do {
                *--first = static_cast<char>('0' + rest % 10);
                rest /= 10;
            } while (rest > 0);
            text = first;
            size = static_cast<std::size_t>(digits + sizeof digits - first);
        }
        message.append(text, size);
    }
}
[[gnu::noinline]] inline std::string join_pieces(const message_piece* begin, const message_piece* end) {
    std::string message;
    append_pieces(message, begin, end);
    return message;
}

/// Appends texts and whole numbers, one after another.
template <class... Pieces>
void append(std::string& message, const Pieces&... pieces) {
    const message_piece all[]{message_piece(pieces)...};
    append_pieces(message, all, all + sizeof...(Pieces));
}

/// A string of texts and whole numbers, one after another.
template <class... Pieces>
std::string concatenate(const Pieces&... pieces) {
    const message_piece all[]{message_piece(std::string_view()), message_piece(pieces)...};
    return join_pieces(all + 1, all + 1 + sizeof...(Pieces));
}

} // namespace strata::bedrock::detail
