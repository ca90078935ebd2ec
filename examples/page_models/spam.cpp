// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#include "../mails.hpp"
#include "../networks/page_spam.hpp"
#include "page_models.hpp"

#include <strata/io/weights.hpp>
#include <strata/strata.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <unordered_map>

using namespace strata;

namespace {
using spam_reader = model<networks::spam_reader>;
constexpr std::size_t length = spam_reader::input_size;
constexpr std::size_t vocabulary = 4'096;
using token_list = std::vector<std::int32_t>;

/// The words that are in most mails. Their numbers begin with 2: 0 stands for none, 1 for all others.
std::vector<std::string> common_words(const std::vector<mail>& mails) {
    std::map<std::string, std::size_t> counts;
    for (const mail& each : mails) {
        std::set<std::string> seen;
        visit_words(each, [&](std::string_view word) { seen.emplace(word); });
        for (const std::string& word : seen)
            ++counts[word];
    }
    std::vector<std::pair<std::size_t, std::string>> ranked;
    for (const auto& [word, count] : counts)
        ranked.emplace_back(mails.size() - count, word);
    std::sort(ranked.begin(), ranked.end());
    std::vector<std::string> result;
    for (std::size_t i = 0; i < std::min(vocabulary - 2, ranked.size()); ++i)
        result.push_back(ranked[i].second);
    return result;
}

/// Pieces of mails as tokens.
struct pieces {
    std::vector<token_list> tokens;
    std::vector<float> is_spam;

    void add(const token_list& mail, std::size_t begin, std::size_t count, bool spam) {
        const auto first = mail.begin() + static_cast<std::ptrdiff_t>(begin);
        tokens.emplace_back(first, first + static_cast<std::ptrdiff_t>(std::min(count, mail.size() - begin)));
        is_spam.push_back(spam);
    }
    [[nodiscard]] xt::xtensor<std::int32_t, 2> x() const {
        xt::xtensor<std::int32_t, 2> result({tokens.size(), length}, 0);
        for (std::size_t i = 0; i < tokens.size(); ++i)
            std::copy(tokens[i].begin(), tokens[i].end(), &result(i, 0));
        return result;
    }
};
} // namespace

void train_spam(const given_options& options) {
    const std::vector<mail> all = read_mails(options.text("mails"));
    std::vector<mail> learnt;
    for (const mail& each : all) // one in five is for the test; mails with equal bodies are on one side
        if (number_of_body(each) % 5 != 0)
            learnt.push_back(each);
    const std::vector<std::string> words = common_words(learnt);
    std::unordered_map<std::string, std::int32_t> numbers;
    for (const std::string& word : words)
        numbers.emplace(word, static_cast<std::int32_t>(numbers.size()) + 2);

    // People type a line or two where mails have pages, so the network also learns from short pieces of them.
    constexpr std::size_t short_pieces = 3;
    std::mt19937 random(static_cast<std::mt19937::result_type>(options.count("seed")));
    pieces train, test, short_test;
    for (const mail& each : all) {
        token_list tokens;
        visit_words(each, [&](std::string_view word) {
            const auto found = numbers.find(std::string(word));
            tokens.push_back(found == numbers.end() ? 1 : found->second);
        });
        if (tokens.empty())
            continue;
        const bool is_test = number_of_body(each) % 5 == 0;
        (is_test ? test : train).add(tokens, 0, length, each.is_spam);
        for (std::size_t i = 0; i < (is_test ? 1 : short_pieces); ++i) {
            const std::size_t count = 8 + random() % 40;
            const std::size_t begin = tokens.size() > count ? random() % (tokens.size() - count + 1) : 0;
            (is_test ? short_test : train).add(tokens, begin, count, each.is_spam);
        }
    }
    std::printf("%zu pieces of mails, 4,096 tokens; %zu mails for the test\n", train.tokens.size(),
                test.tokens.size());

    spam_reader net{seed{options.count("seed")}};
    trainer teach{net, binary_crossentropy, adam{.learning_rate = 2e-3}, binary_accuracy};
    teach.fit(train.x(), train.is_spam,
              {.batch_size = options.count("batch"),
               .epochs = options.count("epochs"),
               .threads = options.count("threads")});
    for (const pieces* set : {&test, &short_test}) {
        const auto score = teach.evaluate(set->x(), set->is_spam, {.verbose = verbosity::silent});
        std::printf("%s of mails: accuracy %.4f\n", set == &test ? "the first 128 words" : "8 to 47 words",
                    score["binary_accuracy"]);
    }

    const std::filesystem::path folder = options.text("folder");
    save_weights(net, folder / "spam_reader.safetensors");
    std::ofstream list(folder / "spam_words.txt");
    for (const std::string& word : words)
        list << word << '\n';
}
