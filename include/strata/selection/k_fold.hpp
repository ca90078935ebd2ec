// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/data/split.hpp>
#include <strata/raise.hpp>
#include <strata/setting.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace strata::inline STRATA_SETTING {

/// The rows of one fold: those to fit on, and those to score on.
struct fold {
    std::vector<std::size_t> train;
    std::vector<std::size_t> test;
};

struct k_fold_options {
    std::size_t folds = 5;
    bool shuffle = false;
    seed random = {};
};

namespace internal {
inline void check_folds(std::size_t folds, std::size_t rows) {
    if (folds < 2 || folds > rows)
        raise(data_error{"folds: expected from 2 to the number of rows, " + std::to_string(rows) +
                         ", found " + std::to_string(folds)});
}

// Each row is tested in the fold that `tested` names; the rows in ascending order.
inline std::vector<fold> folds_from(const std::vector<std::size_t>& tested, std::size_t folds) {
    std::vector<fold> result(folds);
    for (std::size_t row = 0; row < tested.size(); ++row)
        for (std::size_t f = 0; f < folds; ++f)
            (tested[row] == f ? result[f].test : result[f].train).push_back(row);
    return result;
}
} // namespace internal

/// Folds of consecutive rows, or of rows in a random order, as even as can be: every row is tested once.
/// data_error unless there are 2 folds or more, and as many rows.
[[nodiscard]] inline std::vector<fold> k_fold(std::size_t rows, const k_fold_options& options = {}) {
    internal::check_folds(options.folds, rows);
    const auto order = internal::row_order(rows, options.shuffle, options.random);
    std::vector<std::size_t> tested(rows);
    std::size_t next = 0;
    for (std::size_t f = 0; f < options.folds; ++f)
        for (std::size_t i = 0; i < rows / options.folds + (f < rows % options.folds); ++i)
            tested[order[next++]] = f;
    return internal::folds_from(tested, options.folds);
}

/// The same with each class's rows spread evenly over the folds, as scikit-learn's StratifiedKFold does:
/// labels are any whole numbers, [rows]. data_error where a class has fewer rows than there are folds.
template <class Labels>
[[nodiscard]] std::vector<fold> stratified_k_fold(const Labels& labels, const k_fold_options& options = {}) {
    const std::size_t rows = std::size(labels);
    internal::check_folds(options.folds, rows);
    // Classes are numbered as they appear.
    std::vector<std::int64_t> known;
    std::vector<std::size_t> number(rows);
    std::vector<std::vector<std::size_t>> members;
    const auto order = internal::row_order(rows, options.shuffle, options.random);
    for (std::size_t row = 0; row < rows; ++row) {
        const auto label = static_cast<std::int64_t>(labels[row]);
        const auto found =
            static_cast<std::size_t>(std::find(known.begin(), known.end(), label) - known.begin());
        if (found == known.size()) {
            known.push_back(label);
            members.emplace_back();
        }
        number[row] = found;
    }
    for (const std::size_t row : order)
        members[number[row]].push_back(row);
    // Dealt out one after another, classes in turn, so that the folds' sizes differ by one at most.
    std::vector<std::size_t> tested(rows);
    std::size_t dealt = 0;
    for (std::size_t c = 0; c < members.size(); ++c) {
        if (members[c].size() < options.folds)
            internal::raise(data_error{"folds: expected " + std::to_string(options.folds) +
                                       " rows or more of class " + std::to_string(known[c]) + ", found " +
                                       std::to_string(members[c].size())});
        std::vector<std::size_t> counts(options.folds, 0);
        for (std::size_t i = 0; i < members[c].size(); ++i)
            ++counts[dealt++ % options.folds];
        std::size_t next = 0;
        for (std::size_t f = 0; f < options.folds; ++f)
            for (std::size_t i = 0; i < counts[f]; ++i)
                tested[members[c][next++]] = f;
    }
    return internal::folds_from(tested, options.folds);
}

} // namespace strata::inline STRATA_SETTING
