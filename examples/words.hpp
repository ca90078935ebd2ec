// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Calls visit(word, begin, end) for each word of a text: a run of Latin letters, digits, $ and !, in small
/// letters, and where it stands in the text. Runs of more than 20 letters are no words.
template <class Visit>
void visit_words(std::string_view text, const Visit& visit) {
    constexpr std::size_t longest = 20;
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '$' ||
               c == '!';
    };
    std::string word;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && is_letter(text[i])) {
            const char c = text[i];
            word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            continue;
        }
        if (!word.empty() && word.size() <= longest)
            visit(std::string_view(word), i - word.size(), i);
        word.clear();
    }
}
