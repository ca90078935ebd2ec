// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::imports {

/// A piece of a topology as text: a layer, or a call with chains of pieces as arguments.
struct written_piece {
    std::string head{};
    std::vector<std::vector<written_piece>> parts{};

    [[nodiscard]] std::string text() const;
};
using written_chain = std::vector<written_piece>;

/// A chain as an argument of a call. The C library's function `tanh` is no value, and so stands behind one.
inline written_chain as_argument(written_chain chain) {
    if (chain.size() == 1 && chain.front().head == "tanh")
        chain.insert(chain.begin(), {"identity"});
    return chain;
}

/// A chain in one line. Nothing at all is `identity`.
inline std::string text_of_chain(const written_chain& chain) {
    std::string result;
    for (const written_piece& piece : chain)
        internal::append(result, result.empty() ? "" : " | ", piece.text());
    return result.empty() ? "identity" : result;
}

inline std::string written_piece::text() const {
    if (parts.empty())
        return head;
    std::string result;
    for (const written_chain& part : parts)
        internal::append(result, result.empty() ? "" : ", ", text_of_chain(part));
    return head + "(" + result + ")";
}

/// Whether a layer is one that a reader expects at the begin of a block, and not what follows such a layer.
inline bool begins_block(const std::string& text) {
    for (const char* const each : {"dense<", "conv<", "depthwise_conv<", "conv_transpose<", "residual(",
                                   "branches(", "bidirectional(", "lstm<", "gru<", "zero_pad<"})
        if (text.starts_with(each))
            return true;
    return false;
}

/// Writes what stands several times in a row once, as `repeat<n>`, the longest saving first.
inline written_chain repeat_pieces(const written_chain& chain) {
    constexpr std::size_t longest = 64;
    std::vector<std::string> texts;
    for (const written_piece& piece : chain)
        texts.push_back(piece.text());
    const auto times_from = [&](std::size_t begin, std::size_t length) {
        std::size_t result = 1;
        while (begin + (result + 1) * length <= texts.size() &&
               std::equal(texts.begin() + static_cast<std::ptrdiff_t>(begin),
                          texts.begin() + static_cast<std::ptrdiff_t>(begin + length),
                          texts.begin() + static_cast<std::ptrdiff_t>(begin + result * length)))
            ++result;
        return result;
    };
    std::size_t best_begin = 0;
    std::size_t best_length = 0;
    std::size_t best_times = 1;
    std::size_t best_saving = 24; // characters: less is no clearer
    for (std::size_t begin = 0; begin < texts.size(); ++begin) {
        std::size_t characters = 0;
        for (std::size_t length = 1; length <= std::min(longest, (texts.size() - begin) / 2); ++length) {
            characters += texts[begin + length - 1].size() + 3;
            const std::size_t times = times_from(begin, length);
            const std::size_t saving = (times - 1) * characters;
            if (saving > best_saving ||
                (saving == best_saving && begins_block(texts[begin]) && !begins_block(texts[best_begin]))) {
                best_begin = begin;
                best_length = length;
                best_times = times;
                best_saving = saving;
            }
        }
    }
    if (best_length == 0)
        return chain;
    const auto piece_at = [&](std::size_t number) {
        return chain.begin() + static_cast<std::ptrdiff_t>(number);
    };
    written_chain result = repeat_pieces({chain.begin(), piece_at(best_begin)});
    written_piece repeated{internal::concatenate("repeat<", best_times, ">")};
    repeated.parts.push_back(
        as_argument(repeat_pieces({piece_at(best_begin), piece_at(best_begin + best_length)})));
    result.push_back(std::move(repeated));
    const written_chain rest = repeat_pieces({piece_at(best_begin + best_length * best_times), chain.end()});
    result.insert(result.end(), rest.begin(), rest.end());
    return result;
}

} // namespace strata::bedrock::inline STRATA_SETTING::imports
