// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
#pragma once

#include <strata/setting.hpp>
STRATA_HEADER_BEGIN

#include <strata/data/split.hpp>
#include <strata/expression/concatenate.hpp>
#include <strata/expression/print.hpp>
#include <strata/raise.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <type_traits>
#include <vector>

namespace strata::bedrock::inline STRATA_SETTING {

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
inline void check_folds(const char* call, std::size_t folds, std::size_t rows) {
    if (folds < 2 || folds > rows)
        raise(data_error{
            concatenate(call, ": expected from 2 folds to the number of rows, ", rows, ", found ", folds)});
}

// Puts row i into the test rows of fold test_folds[i] and into the training rows of the others. Rows are in
// ascending order.
inline std::vector<fold> make_folds(const std::vector<std::size_t>& test_folds, std::size_t folds) {
    std::vector<fold> result(folds);
    for (std::size_t row = 0; row < test_folds.size(); ++row)
        for (std::size_t f = 0; f < folds; ++f)
            (test_folds[row] == f ? result[f].test : result[f].train).push_back(row);
    return result;
}

template <class Label>
std::int64_t whole_label(Label label, std::size_t row) {
    if constexpr (std::is_floating_point_v<Label>) {
        constexpr Label end = 0x1p63;
        if (!(label >= -end && label < end && std::trunc(label) == label))
            raise(data_error{concatenate("stratified_k_fold: expected a whole number for row ", row,
                                         ", found ", number_to_string(label))});
    }
    return static_cast<std::int64_t>(label);
}
} // namespace internal

/// Folds of consecutive rows, or of rows in a random order, as even as can be: every row is tested once.
/// data_error unless there are 2 folds or more, and as many rows.
[[nodiscard]] inline std::vector<fold> k_fold(std::size_t rows, const k_fold_options& options = {}) {
    internal::check_folds("k_fold", options.folds, rows);
    const auto order = internal::row_order(rows, options.shuffle, options.random);
    std::vector<std::size_t> test_folds(rows);
    std::size_t next = 0;
    for (std::size_t f = 0; f < options.folds; ++f)
        for (std::size_t i = 0; i < rows / options.folds + (f < rows % options.folds); ++i)
            test_folds[order[next++]] = f;
    return internal::make_folds(test_folds, options.folds);
}

/// The same with each class's rows spread evenly over the folds, as scikit-learn's StratifiedKFold does:
/// labels are any whole numbers, [rows] or [rows, 1]. data_error where a class has fewer rows than there are
/// folds, and for labels of another shape or that are not whole.
template <class Labels>
[[nodiscard]] std::vector<fold> stratified_k_fold(const Labels& labels, const k_fold_options& options = {}) {
    const std::size_t rows = std::size(labels);
    if constexpr (requires { labels.shape(0); })
        if (const std::size_t wanted = labels.dimension() == 0 ? 0 : labels.shape(0); wanted != rows)
            internal::raise(data_error{internal::concatenate(
                "stratified_k_fold: expected a label for each of ", wanted, " rows, found ", rows)});
    internal::check_folds("stratified_k_fold", options.folds, rows);
    // Classes are numbered in the order in which they first appear.
    std::vector<std::int64_t> classes;
    std::vector<std::size_t> class_numbers(rows);
    std::vector<std::vector<std::size_t>> members;
    const auto order = internal::row_order(rows, options.shuffle, options.random);
    auto place = std::begin(labels);
    for (std::size_t row = 0; row < rows; ++row, ++place) {
        const auto label = internal::whole_label(*place, row);
        const auto c =
            static_cast<std::size_t>(std::find(classes.begin(), classes.end(), label) - classes.begin());
        if (c == classes.size()) {
            classes.push_back(label);
            members.emplace_back();
        }
        class_numbers[row] = c;
    }
    for (const std::size_t row : order)
        members[class_numbers[row]].push_back(row);
    // As if rows were dealt to the folds one after another, class by class, so that the sizes of the folds
    // differ by one at most.
    std::vector<std::size_t> test_folds(rows);
    std::size_t dealt_rows = 0;
    for (std::size_t c = 0; c < members.size(); ++c) {
        if (members[c].size() < options.folds)
            internal::raise(data_error{internal::concatenate(
                "stratified_k_fold: expected ", options.folds, " rows or more of class ",
                std::to_string(classes[c]), ", found ", members[c].size())});
        std::vector<std::size_t> counts(options.folds, 0);
        for (std::size_t i = 0; i < members[c].size(); ++i)
            ++counts[dealt_rows++ % options.folds];
        std::size_t next = 0;
        for (std::size_t f = 0; f < options.folds; ++f)
            for (std::size_t i = 0; i < counts[f]; ++i)
                test_folds[members[c][next++]] = f;
    }
    return internal::make_folds(test_folds, options.folds);
}

} // namespace strata::bedrock::inline STRATA_SETTING

namespace strata {
using bedrock::k_fold;
using bedrock::k_fold_options;
using bedrock::stratified_k_fold;
} // namespace strata

STRATA_HEADER_END
