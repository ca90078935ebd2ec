// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace strata::bedrock::inline STRATA_SETTING::detail {

/// A piece of a message: a text, or a whole number. So small that compilers hand it on in registers.
struct message_piece {
    constexpr message_piece(std::string_view characters)
        : text(characters.data() != nullptr ? characters.data() : ""), value(characters.size()) {}
    constexpr message_piece(const char* characters) : message_piece(std::string_view(characters)) {}
    message_piece(const std::string& characters) : text(characters.data()), value(characters.size()) {}
    template <std::unsigned_integral Number>
    constexpr message_piece(Number number) : value(number) {}

    const char* text = nullptr; ///< null for a number
    unsigned long long value;   ///< the number, or how many characters there are
};

// Never inlined: messages are many and seldom built, and the code of each would cost every program compile
// time. For the same reason two pointers: of a count that is constant compilers make a function for each.
[[gnu::noinline]] inline void append_pieces(std::string& message, const message_piece* begin,
                                            const message_piece* end) {
    for (const message_piece* each = begin; each != end; ++each) {
        char digits[20]; // of 2^64 - 1
        const char* text = each->text;
        auto size = static_cast<std::size_t>(each->value);
        if (each->text == nullptr) {
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

// The functions take pieces, so that a compiler makes one for each number of pieces. Of a template over what
// the pieces are made of it would make one for every other length of a text.
template <std::size_t>
using numbered_piece = message_piece;

template <class Numbers>
struct message_writer;
template <std::size_t... I>
struct message_writer<std::index_sequence<I...>> {
    [[gnu::noinline]] std::string operator()(numbered_piece<I>... pieces) const {
        const message_piece all[]{message_piece(""), pieces...};
        return join_pieces(all + 1, all + 1 + sizeof...(I));
    }
};
template <class Numbers>
struct message_extender;
template <std::size_t... I>
struct message_extender<std::index_sequence<I...>> {
    [[gnu::noinline]] void operator()(std::string& message, numbered_piece<I>... pieces) const {
        const message_piece all[]{message_piece(""), pieces...};
        append_pieces(message, all + 1, all + 1 + sizeof...(I));
    }
};

template <template <class> class Function, class Counts>
struct for_each_count;
template <template <class> class Function, std::size_t... Counts>
struct for_each_count<Function, std::index_sequence<Counts...>>
    : Function<std::make_index_sequence<Counts>>... {
    using Function<std::make_index_sequence<Counts>>::operator()...;
};
using piece_counts = std::make_index_sequence<20>;

/// A string of texts and whole numbers, one after another: `concatenate("line ", number)`.
inline constexpr for_each_count<message_writer, piece_counts> concatenate{};
/// Appends them to a string: `append(message, "line ", number)`.
inline constexpr for_each_count<message_extender, piece_counts> append{};

} // namespace strata::bedrock::inline STRATA_SETTING::detail
