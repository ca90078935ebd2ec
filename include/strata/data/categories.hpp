// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/error.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING::internal {

/// The different texts, sorted as bytes.
inline std::vector<std::string> sorted_categories(std::vector<std::string> texts) {
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    return texts;
}

/// Finds texts among categories in any order. Takes the logarithm of their number.
class category_index {
public:
    category_index() = default;
    explicit category_index(std::vector<std::string> categories)
        : categories_(std::move(categories)), sorted_(categories_.size()) {
        for (std::size_t i = 0; i < sorted_.size(); ++i)
            sorted_[i] = i;
        std::sort(sorted_.begin(), sorted_.end(),
                  [&](std::size_t a, std::size_t b) { return categories_[a] < categories_[b]; });
    }

    [[nodiscard]] const std::vector<std::string>& all() const noexcept { return categories_; }
    [[nodiscard]] std::size_t size() const noexcept { return categories_.size(); }

    /// The index of a category, or `size()` if it is none.
    [[nodiscard]] std::size_t find(std::string_view text) const {
        const auto match =
            std::lower_bound(sorted_.begin(), sorted_.end(), text,
                             [&](std::size_t i, std::string_view wanted) { return categories_[i] < wanted; });
        return match != sorted_.end() && categories_[*match] == text ? *match : size();
    }

    /// A category that occurs twice, or null.
    [[nodiscard]] const std::string* repeated() const {
        const auto match =
            std::adjacent_find(sorted_.begin(), sorted_.end(), [&](std::size_t a, std::size_t b) {
                return categories_[a] == categories_[b];
            });
        return match == sorted_.end() ? nullptr : &categories_[*match];
    }

    /// "one of "a", "b" and 7 more", for messages.
    [[nodiscard]] std::string text() const {
        constexpr std::size_t most = 8;
        std::string result;
        for (std::size_t i = 0; i < std::min(most, size()); ++i)
            result.append(i == 0 ? "one of " : ", ").append(shown(categories_[i]));
        if (size() > most)
            result = concatenate(result, " and ", size() - most, " more");
        return size() == 0 ? "no category, since none was learnt" : result;
    }

private:
    std::vector<std::string> categories_;
    std::vector<std::size_t> sorted_; ///< the categories' indices, sorted as they are
};

/// Visits categories, for saving. Those that a file tells are as different as any.
template <class Visit>
void visit_categories(const char* name, const category_index& categories, Visit& visit) {
    visit(name, categories.all());
}
template <class Visit>
void visit_categories(const char* name, category_index& categories, Visit& visit) {
    std::vector<std::string> texts;
    visit(name, texts);
    categories = category_index(std::move(texts));
    if (const std::string* twice = categories.repeated())
        visit.refuse(concatenate("different ", name), shown(*twice) + " twice");
}

} // namespace strata::bedrock::inline STRATA_SETTING::internal
