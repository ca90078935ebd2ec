// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include "../../../networks/page_spam.hpp"
#include "../../../words.hpp"

#include <strata/model/model.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace engines {

/// A word of a text that the network reads.
struct weighed_word {
    std::size_t begin;  ///< its first byte in the text
    std::size_t end;    ///< the byte behind it
    std::int32_t token; ///< its number, from 2 on; 1 for one that is not in the vocabulary
    float weight;       ///< by how much the score falls where the text lacks it
};
struct weighed_text {
    std::vector<weighed_word> words; ///< those that are read, the first 128
    std::size_t word_count = 0;      ///< of the text
    float score = 0;                 ///< the logarithm of the odds that it is spam
    float probability = 0;
};

/// Reads texts by the network for mails, and says how much each word counts.
class word_weights {
public:
    using network = strata::model<networks::spam_view>;
    static constexpr std::size_t length = network::input_size;
    static constexpr std::size_t vocabulary = 4'096;

    network net;

    /// The words of the vocabulary, a line each.
    void set_words(std::string_view lines) {
        numbers_.clear();
        for (std::size_t begin = 0; begin < lines.size();) {
            const std::size_t end = std::min(lines.find('\n', begin), lines.size());
            numbers_.emplace(lines.substr(begin, end - begin),
                             static_cast<std::int32_t>(numbers_.size()) + 2);
            begin = end + 1;
        }
    }
    [[nodiscard]] std::size_t word_count() const { return numbers_.size(); }

    /// The tokens of a text as the network takes them, 0 behind the last one.
    [[nodiscard]] static std::array<float, length> tokens_of(const std::vector<weighed_word>& words,
                                                             std::size_t left_out) {
        std::array<float, length> result{};
        std::size_t next = 0;
        for (std::size_t i = 0; i < words.size(); ++i)
            if (i != left_out)
                result[next++] = static_cast<float>(words[i].token);
        return result;
    }

    /// Predicts once for the text, and once without each of its words: O(words) predictions. A text without a
    /// word has the score 0.
    [[nodiscard]] weighed_text weigh(std::string_view text) const {
        weighed_text result;
        visit_words(text, [&](std::string_view word, std::size_t begin, std::size_t end) {
            ++result.word_count;
            if (result.words.size() == length)
                return;
            const auto found = numbers_.find(std::string(word));
            const std::int32_t token =
                found == numbers_.end() || found->second >= static_cast<std::int32_t>(vocabulary)
                    ? 1
                    : found->second;
            result.words.push_back({begin, end, token, 0});
        });
        if (result.words.empty()) {
            result.probability = 0.5F;
            return result;
        }
        const std::size_t samples = result.words.size() + 1; // the last one is the whole text
        std::vector<float> tokens;
        for (std::size_t i = 0; i < samples; ++i) {
            const auto row = tokens_of(result.words, i);
            tokens.insert(tokens.end(), row.begin(), row.end());
        }
        std::vector<float> scores(samples);
        std::vector<float> probabilities(samples);
        net.predict_batch({tokens.data()}, {scores.data(), probabilities.data()}, samples);
        result.score = scores.back();
        result.probability = probabilities.back();
        for (std::size_t i = 0; i < result.words.size(); ++i)
            result.words[i].weight = result.score - scores[i];
        return result;
    }

private:
    std::unordered_map<std::string, std::int32_t> numbers_;
};

} // namespace engines
