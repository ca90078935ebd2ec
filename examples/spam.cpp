// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
//
// Is a mail spam? First by the textbook's features, whether it contains each of 100 words, and a logistic
// regression; then by a network that reads its words in their order.
#include "command_line.hpp"
#include "mails.hpp"

#include <strata/regression/logistic_regression.hpp>
#include <strata/strata.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <unordered_map>

using namespace strata;

constexpr std::size_t word_count = 100; ///< whose presence is a feature
constexpr std::size_t vocabulary = 20'000;
constexpr std::size_t length = 300; ///< words that are read of a mail
using reader = model<input<length> | embedding<vocabulary, 32> | dropout<0.3> | bidirectional(gru<32>) |
                     global_max_pool | dropout<0.3> | dense<1> | sigmoid>;

struct divided_mails {
    std::vector<mail> train;
    std::vector<mail> test;
};

/// One in five for the test. Mails with equal bodies are on one side.
divided_mails divide(std::vector<mail> all) {
    divided_mails result;
    for (mail& each : all)
        (number_of_body(each) % 5 == 0 ? result.test : result.train).push_back(std::move(each));
    return result;
}

xt::xtensor<float, 1> labels_of(const std::vector<mail>& mails) {
    auto result = xt::xtensor<float, 1>::from_shape({mails.size()});
    std::transform(mails.begin(), mails.end(), result.begin(), [](const mail& each) { return each.is_spam; });
    return result;
}

using word_numbers = std::unordered_map<std::string, std::size_t>;

/// In how many mails each word is, spam and other ones.
std::map<std::string, std::array<double, 2>> count_mails(const std::vector<mail>& mails) {
    std::map<std::string, std::array<double, 2>> result;
    for (const mail& each : mails) {
        std::map<std::string, bool, std::less<>> seen;
        visit_words(each, [&](std::string_view word) { seen.emplace(word, true); });
        for (const auto& [word, there] : seen)
            ++result[word][each.is_spam];
    }
    return result;
}

/// The words whose presence tells most about what a mail is: those with the largest mutual information.
word_numbers choose_words(const std::vector<mail>& mails) {
    const auto total = static_cast<double>(mails.size());
    std::array<double, 2> of_kind{};
    for (const mail& each : mails)
        ++of_kind[each.is_spam];
    std::vector<std::pair<double, std::string>> ranked;
    for (const auto& [word, counts] : count_mails(mails)) {
        const double present = counts[0] + counts[1];
        double information = 0;
        for (const std::size_t kind : {0u, 1u}) {
            const auto add = [&](double both, double all) {
                if (both > 0)
                    information += both / total * std::log(both * total / (all * of_kind[kind]));
            };
            add(counts[kind], present);
            add(of_kind[kind] - counts[kind], total - present);
        }
        ranked.emplace_back(-information, word);
    }
    std::sort(ranked.begin(), ranked.end());
    word_numbers result;
    for (std::size_t i = 0; i < std::min(word_count, ranked.size()); ++i)
        result.emplace(ranked[i].second, i);
    return result;
}

xt::xtensor<double, 2> presence(const std::vector<mail>& mails, const word_numbers& words) {
    xt::xtensor<double, 2> result({mails.size(), word_count}, 0.0);
    for (std::size_t i = 0; i < mails.size(); ++i)
        visit_words(mails[i], [&](std::string_view word) {
            if (const auto found = words.find(std::string(word)); found != words.end())
                result(i, found->second) = 1;
        });
    return result;
}

/// The words that are in most mails, from number 2 on: 0 stands for none, 1 for all others.
word_numbers number_words(const std::vector<mail>& mails) {
    std::vector<std::pair<double, std::string>> ranked;
    for (const auto& [word, counts] : count_mails(mails))
        ranked.emplace_back(-(counts[0] + counts[1]), word);
    std::sort(ranked.begin(), ranked.end());
    word_numbers result;
    for (std::size_t i = 0; i < std::min(vocabulary - 2, ranked.size()); ++i)
        result.emplace(ranked[i].second, i + 2);
    return result;
}

xt::xtensor<std::int32_t, 2> tokens_of(const std::vector<mail>& mails, const word_numbers& words) {
    xt::xtensor<std::int32_t, 2> result({mails.size(), length}, 0);
    for (std::size_t i = 0; i < mails.size(); ++i) {
        std::size_t step = 0;
        visit_words(mails[i], [&](std::string_view word) {
            const auto found = words.find(std::string(word));
            if (step < length)
                result(i, step++) = found == words.end() ? 1 : static_cast<std::int32_t>(found->second);
        });
    }
    return result;
}

/// Prints how right some scores are, each the probability that a mail is spam.
template <class Scores>
void report(const char* name, const std::vector<mail>& mails, const Scores& scores) {
    std::size_t right = 0;
    std::size_t called = 0;
    std::size_t found = 0;
    std::size_t spam = 0;
    for (std::size_t i = 0; i < mails.size(); ++i) {
        const bool is_called = scores(i) > 0.5;
        right += std::size_t{is_called == mails[i].is_spam};
        called += std::size_t{is_called};
        found += std::size_t{is_called && mails[i].is_spam};
        spam += std::size_t{mails[i].is_spam};
    }
    const auto share = [](std::size_t part, std::size_t all) {
        return 100.0 * static_cast<double>(part) / static_cast<double>(std::max<std::size_t>(all, 1));
    };
    std::printf("%-40s accuracy %.1f %%, precision %.1f %%, recall %.1f %%\n", name,
                share(right, mails.size()), share(found, called), share(found, spam));
}

void learn(const given_options& options) {
    const std::vector<mail> all = read_mails(options.text("mails"));
    const auto [train, test] = divide(all);
    std::printf("%zu mails, %zu of them for the test\n", all.size(), test.size());

    const word_numbers few = choose_words(train);
    logistic_regression<word_count> regression;
    regression.fit(presence(train, few), labels_of(train));
    const auto first_scores = regression.predict_probability(presence(test, few));

    const word_numbers many = number_words(train);
    reader net{seed{options.count("seed")}};
    trainer teach{net, binary_crossentropy, adam{.learning_rate = 2e-3}, binary_accuracy};
    const auto x = tokens_of(test, many);
    const auto y = labels_of(test);
    teach.fit(tokens_of(train, many), labels_of(train),
              {.batch_size = 32, .epochs = options.count("epochs"), .validation_data = {x, y}});
    const auto scores = net.predict(x);

    std::puts("");
    report("whether it contains each of 100 words:", test, [&](std::size_t i) { return first_scores(i, 1); });
    report("its words in their order:", test, [&](std::size_t i) { return scores(i, 0); });
    std::puts("\n words  order  subject");
    for (std::size_t i = 0; i < test.size(); i += std::max<std::size_t>(test.size() / 12, 1))
        std::printf("%6.3f %6.3f  %s%.60s\n", first_scores(i, 1), static_cast<double>(scores(i, 0)),
                    test[i].is_spam ? "(spam) " : "", test[i].subject.c_str());
}

int main(int count, char** arguments) {
    return run_example(
        count, arguments, "Learns which mails are spam.",
        {{"mails", "folder of mails, spam in folders that begin so", "build/data/spam_assassin"},
         {"epochs", "passes over the mails", "4"},
         {"seed", "draws the first weights", "7"}},
        learn);
}
